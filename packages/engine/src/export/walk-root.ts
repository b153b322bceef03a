import { type FileTree, joinPath, type TreeEntry } from '@tsbuild/core';

/**
 * Everything in a root file system but the root itself, parents first, names in code-unit order. Of a file with several
 * names the first that comes is the file, and the others are links to it.
 */
export function* walkRoot(tree: Pick<FileTree, 'lookup' | 'list'>): Generator<TreeEntry> {
  const firstNames = new Map<string, string>();
  for (const entry of walk(tree, '')) {
    if (entry.type !== 'file') yield entry;
    else yield linkedToFirst(entry, firstNames);
  }
}

function* walk(tree: Pick<FileTree, 'lookup' | 'list'>, directory: string): Generator<TreeEntry> {
  for (const name of tree.list(directory)) {
    const entry = tree.lookup(joinPath(directory, name));
    if (entry === undefined) continue;
    yield entry;
    if (entry.type === 'directory') yield* walk(tree, entry.path);
  }
}

function linkedToFirst({ hardlink, ...file }: TreeEntry, firstNames: Map<string, string>): TreeEntry {
  const owner = hardlink ?? file.path;
  const first = firstNames.get(owner);
  if (first !== undefined) return { ...file, hardlink: first };
  firstNames.set(owner, file.path);
  return file;
}
