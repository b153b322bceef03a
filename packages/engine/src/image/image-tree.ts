import { type FileTree, NotFoundError, readTreeFile, resolvePath } from '@tsbuild/core';
import type { ImageTree } from '../result.ts';

/** A tree with whole-file reads through symlinks. */
export function createImageTree(tree: FileTree): ImageTree {
  return {
    lookup: (path) => tree.lookup(path),
    list: (path) => tree.list(path),
    readMany: (paths, options) => tree.readMany(paths, options),
    async read(path) {
      const { path: resolved, entry } = resolvePath(tree, path);
      if (entry?.type !== 'file') throw new NotFoundError(`no file ${JSON.stringify(path)} in the image`);
      return readTreeFile(tree, resolved);
    },
  };
}
