import { type Digest, type FileTree, HashTap } from '@tsbuild/core';
import type { SourceTree } from '../graph.ts';

/** Any tree as a source: digests come from its index where they are known, else from reading. */
export function digestedTree(tree: FileTree): SourceTree {
  return {
    lookup: (path) => tree.lookup(path),
    list: (path) => tree.list(path),
    readMany: (paths, options) => tree.readMany(paths, options),
    ignoredBy: () => undefined,
    digests: (paths) => digestsOf(tree, paths),
  };
}

async function digestsOf(tree: FileTree, paths: readonly string[]): Promise<ReadonlyMap<string, Digest>> {
  const digests = new Map<string, Digest>();
  for (const path of paths) {
    const known = tree.lookup(path)?.digest;
    digests.set(path, known ?? (await readDigest(tree, path)));
  }
  return digests;
}

async function readDigest(tree: FileTree, path: string): Promise<Digest> {
  const tap = new HashTap();
  for await (const { bytes } of tree.readMany([path])) tap.update(bytes);
  return tap.digest();
}
