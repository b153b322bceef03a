import { compileGlob, type FileTree, hasWildcard, joinPath, resolvePath } from '@tsbuild/core';
import { SourceNotFoundError } from './source-not-found.ts';

/**
 * Paths that a source names: itself, or what its wildcards match, none included. Symlinks before the first wildcard
 * are followed, symlinked directories after it are not entered. `source` is clean and relative to the root.
 * @throws {SourceNotFoundError} when the part before the first wildcard does not exist
 * @throws {TsbuildError} ERR_TSBUILD_PATTERN
 */
export function expandWildcards(tree: FileTree, source: string): string[] {
  const components = source.split('/');
  const first = components.findIndex(hasWildcard);
  if (first === -1) return [source];
  const matchers = components.slice(first).map((component) => compileGlob(component, { doubleStar: false }));
  const start = components.slice(0, first).join('/');
  const { path, entry } = resolvePath(tree, start);
  if (path !== '' && entry === undefined) throw new SourceNotFoundError(start, tree);
  return matchComponents(tree, path, matchers);
}

type Matcher = (name: string) => boolean;

function matchComponents(tree: FileTree, directory: string, [matches, ...rest]: readonly Matcher[]): string[] {
  if (matches === undefined) return [directory];
  return tree
    .list(directory)
    .filter(matches)
    .flatMap((name) => {
      const path = joinPath(directory, name);
      return rest.length > 0 && tree.lookup(path)?.type !== 'directory' ? [] : matchComponents(tree, path, rest);
    });
}
