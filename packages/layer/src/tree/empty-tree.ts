import type { LayerTree, LayerTreeEntry } from './layer-tree.ts';
import { readContents, requestsFor } from './read-contents.ts';

/** A root directory that nobody described. */
export const DEFAULT_ROOT = { path: '', type: 'directory', mode: 0o755, uid: 0, gid: 0, size: 0, mtime: 0 } as const;

const IMPLICIT_ROOT: LayerTreeEntry = { ...DEFAULT_ROOT, implicit: true };

/** A layer without entries: an empty root. */
export const emptyTree: LayerTree = {
  lookup: (path) => (path === '' ? IMPLICIT_ROOT : undefined),
  list: () => [],
  whiteouts: () => [],
  entries: () => [],
  contentOf: () => undefined,
  readMany: (paths, options) =>
    readContents(
      requestsFor(paths, () => undefined),
      options?.signal,
    ),
};
