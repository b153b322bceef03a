import type { TreeEntry } from '@tsbuild/core';
import type { SourceTree } from '../graph.ts';

/** Git's rule for a file is whether its owner may execute it. */
const OWNER_EXECUTES = 0o100;

/**
 * A context as a fresh clone under umask 022 would have it: files are 0644 or 0755, folders 0755. Checkouts that differ in
 * their umask are then the same.
 */
export function withGitModes(tree: SourceTree): SourceTree {
  return {
    lookup(path) {
      const entry = tree.lookup(path);
      return entry === undefined ? undefined : withMode(entry, gitMode(entry));
    },
    list: (path) => tree.list(path),
    readMany: (paths, options) => tree.readMany(paths, options),
    digests: (paths, options) => tree.digests(paths, options),
    ignoredBy: (path) => tree.ignoredBy(path),
  };
}

function gitMode({ type, mode }: TreeEntry): number {
  if (type === 'directory') return 0o755;
  if (type !== 'file') return mode;
  return (mode & OWNER_EXECUTES) === 0 ? 0o644 : 0o755;
}

function withMode(entry: TreeEntry, mode: number): TreeEntry {
  return entry.mode === mode ? entry : { ...entry, mode };
}
