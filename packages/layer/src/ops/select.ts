import { posix } from 'node:path';
import { baseName, type FileTree, hasWildcard, resolvePath, type TreeEntry } from '@tsbuild/core';
import { compilePatterns, type PathPatterns } from './path-patterns.ts';
import { ItemList } from './selected-items.ts';
import type { SelectedItems, SelectedSource, Selection, SelectSpec } from './selection.ts';
import { SourceNotFoundError } from './source-not-found.ts';
import { walkSelected } from './walk-selected.ts';
import { expandWildcards } from './wildcard.ts';

/**
 * Finds what a COPY or ADD copies, without reading file contents. A wildcard that matches nothing selects nothing.
 * @throws {SourceNotFoundError} when a source that is named without wildcards does not exist
 * @throws {TsbuildError} ERR_TSBUILD_PATTERN when a pattern is malformed
 */
export function selectSources(tree: FileTree, spec: SelectSpec): Selection {
  const excludes = spec.excludes?.length ? compilePatterns(spec.excludes) : undefined;
  const sources = spec.sources.flatMap((source) => {
    if (spec.literal) return [selectOne(tree, cleanSource(source), { excludes })];
    return spec.parents ? selectWithParents(tree, source, excludes) : selectPlain(tree, source, excludes);
  });
  return { tree, sources, files: contentPaths(sources) };
}

function selectPlain(tree: FileTree, source: string, excludes: PathPatterns | undefined): SelectedSource[] {
  return expandWildcards(tree, cleanSource(source)).map((path) => selectOne(tree, path, { excludes }));
}

/** The part before `/./` is where to start, the part after it a pattern of what to take and keep. */
function selectWithParents(tree: FileTree, source: string, excludes: PathPatterns | undefined): SelectedSource[] {
  const pivot = source.indexOf('/./');
  const start = pivot === -1 ? '' : cleanSource(source.slice(0, pivot));
  const pattern = cleanSource(pivot === -1 ? source : source.slice(pivot + 3));
  const includes = pattern === '' ? undefined : compilePatterns([pattern]);
  const selected = expandWildcards(tree, start).map((path) => selectOne(tree, path, { includes, excludes }));
  const isRequired = !hasWildcard(start) && !hasWildcard(pattern);
  if (isRequired && selected.every(({ items }) => items.length === 0)) {
    throw new SourceNotFoundError(cleanSource(`${start}/${pattern}`), tree);
  }
  return selected;
}

function selectOne(
  tree: FileTree,
  path: string,
  filter: { readonly includes?: PathPatterns | undefined; readonly excludes?: PathPatterns | undefined },
): SelectedSource {
  const found = resolvePath(tree, path);
  const entry = found.path === '' ? rootEntry(tree) : found.entry;
  if (entry === undefined || found.isLoop) throw new SourceNotFoundError(path, tree);
  const items = entry.type === 'directory' ? walkSelected(tree, entry.path, filter) : onlyItem(tree, entry);
  return { name: baseName(path), entry, items };
}

function onlyItem(tree: FileTree, entry: TreeEntry): SelectedItems {
  const items = new ItemList(tree, entry.path);
  items.add(entry, false);
  return items;
}

function rootEntry(tree: FileTree): TreeEntry {
  return tree.lookup('') ?? { path: '', type: 'directory', mode: 0o755, uid: 0, gid: 0, size: 0, mtime: 0 };
}

/** Relative to the root: no leading or trailing slash, no `.`, no `..`. */
function cleanSource(source: string): string {
  return posix.join('/', source, '.').replace(/^\/|\/$/g, '');
}

/** Each once. What cannot have any twice is not copied. */
function contentPaths(sources: readonly SelectedSource[]): readonly string[] {
  const [first, ...others] = sources;
  if (others.length === 0 && first?.items.linked.size === 0) return first.items.files;
  return [...new Set(sources.flatMap(({ items }) => items.files))];
}
