import { type FileTree, joinPath, resolvePath } from '@tsbuild/core';
import { globToRegExp, hasWildcard } from './glob.ts';
import { SourceNotFoundError } from './source-not-found.ts';

/**
 * Paths that a source names: itself, or what its wildcards match, none included. Symlinks before the first wildcard
 * are followed, symlinked directories after it are not entered. `source` is clean and relative to the root.
 * @throws {SourceNotFoundError} when the part before the first wildcard does not exist
 */
export function expandWildcards(tree: FileTree, source: string): string[] {
  const components = source.split('/');
  const first = components.findIndex(hasWildcard);
  if (first === -1) return [source];
  const start = components.slice(0, first).join('/');
  const { path, entry } = resolvePath(tree, start);
  if (path !== '' && entry === undefined) throw new SourceNotFoundError(start, tree);
  return matchComponents(tree, path, components.slice(first).map(componentMatcher));
}

function componentMatcher(component: string): RegExp {
  return globToRegExp(component, { doubleStar: false });
}

function matchComponents(tree: FileTree, directory: string, [matcher, ...rest]: readonly RegExp[]): string[] {
  if (matcher === undefined) return [directory];
  return tree
    .list(directory)
    .filter((name) => matcher.test(name))
    .flatMap((name) => {
      const path = joinPath(directory, name);
      return rest.length > 0 && tree.lookup(path)?.type !== 'directory' ? [] : matchComponents(tree, path, rest);
    });
}
