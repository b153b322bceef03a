import { baseName, type FileTree, joinPath, type LayerEntry, parentPath, type TreeEntry } from '@tsbuild/core';
import type { MergedTree } from '@tsbuild/layer';
import { walkRoot } from '../../export/walk-root.ts';

/**
 * What layers from number `start` on make of the root below them: their entries, parents first, and one whiteout for
 * each name that is gone. Nothing of it tells how many layers there were.
 */
export function* treeDifference(whole: MergedTree, below: FileTree, start: number): Generator<LayerEntry> {
  const gone = groupByParent(whiteouts(whole, below));
  yield* gone.get('') ?? [];
  for (const entry of walkRoot(whole)) {
    if (isFrom(entry, whole, start)) yield entry;
    yield* gone.get(entry.path) ?? [];
  }
}

function isFrom({ path }: TreeEntry, whole: MergedTree, start: number): boolean {
  return (whole.layerOf(path) ?? -1) >= start;
}

/** Only the topmost of what is gone: it takes with it what was in it. */
function* whiteouts(whole: FileTree, below: FileTree, directory = ''): Generator<LayerEntry> {
  for (const name of below.list(directory)) {
    const path = joinPath(directory, name);
    const now = whole.lookup(path);
    if (now === undefined) yield { path, type: 'whiteout' };
    else if (now.type === 'directory' && below.lookup(path)?.type === 'directory') yield* whiteouts(whole, below, path);
  }
}

function groupByParent(entries: Iterable<LayerEntry>): ReadonlyMap<string, readonly LayerEntry[]> {
  const groups = new Map<string, LayerEntry[]>();
  for (const entry of entries) {
    const parent = parentPath(entry.path);
    const known = groups.get(parent);
    if (known === undefined) groups.set(parent, [entry]);
    else known.push(entry);
  }
  for (const group of groups.values()) group.sort((a, b) => (baseName(a.path) < baseName(b.path) ? -1 : 1));
  return groups;
}
