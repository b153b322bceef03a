import { type Digest, type FileTree, HashTap } from '@tsbuild/core';
import type { FileDigestMap } from '@tsbuild/layer';
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

/** What the tree knows is not copied: there may be many files. */
async function digestsOf(tree: FileTree, paths: readonly string[]): Promise<FileDigestMap> {
  const known = (path: string): Digest | undefined => tree.lookup(path)?.digest;
  const read = new Map<string, Digest>();
  for (const path of paths) if (known(path) === undefined) read.set(path, await readDigest(tree, path));
  return { get: (path) => known(path) ?? read.get(path) };
}

async function readDigest(tree: FileTree, path: string): Promise<Digest> {
  const tap = new HashTap();
  for await (const { bytes } of tree.readMany([path])) tap.update(bytes);
  return tap.digest();
}
