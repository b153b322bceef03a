import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { type Digest, type FileTree, joinPath, type LayerWriter, type TreeEntry, toFsPath } from '@tsbuild/core';
import { openContext } from '../../../context/index.ts';

/** A folder as it is now: entries in the order of a layer, with owners and digests. */
export interface FolderState {
  readonly entries: ReadonlyMap<string, TreeEntry>;
  readonly tree: FileTree;
  /** Bytes of all files. */
  readonly size: number;
}

/** Reads a folder of which nobody's command is changing anything. Devices, pipes and sockets are left out. */
export async function readFolder(folder: string, signal: AbortSignal | undefined): Promise<FolderState> {
  const tree = openContext(folder);
  const found = [...walk(tree, '')];
  const files = found.filter(({ type, hardlink }) => type === 'file' && hardlink === undefined);
  const digests = await tree.digests(
    files.map(({ path }) => path),
    { signal },
  );
  const entries = found.map((entry) => [entry.path, storedEntry(entry, folder, digests)] as const);
  return { entries: new Map(entries), tree, size: files.reduce((total, { size }) => total + size, 0) };
}

function* walk(tree: FileTree, directory: string): Generator<TreeEntry> {
  for (const name of tree.list(directory)) {
    const entry = tree.lookup(joinPath(directory, name));
    if (entry?.type !== 'file' && entry?.type !== 'directory' && entry?.type !== 'symlink') continue;
    yield entry;
    if (entry.type === 'directory') yield* walk(tree, entry.path);
  }
}

/** Names of one file become files of their own: a layer may hold one of them and not the other. */
function storedEntry(
  { hardlink, ...entry }: TreeEntry,
  folder: string,
  digests: ReadonlyMap<string, Digest>,
): TreeEntry {
  const { uid, gid } = lstatSync(toFsPath(join(folder, entry.path)));
  const digest = digests.get(hardlink ?? entry.path);
  const owner = { uid: ownId(uid, process.getuid?.()), gid: ownId(gid, process.getgid?.()) };
  const mtime = Math.floor(entry.mtime);
  return { ...entry, ...owner, mtime, ...(entry.type === 'file' && digest !== undefined ? { digest } : {}) };
}

/** An ordinary user is root where the mount is used. */
function ownId(id: number, own: number | undefined): number {
  return id === own ? 0 : id;
}

/**
 * Writes what is not as `before` has it, and whiteouts for what is gone. The writer is not finished.
 * @returns how many entries were written
 */
export async function writeChanges(
  { entries, tree }: FolderState,
  before: FileTree,
  writer: LayerWriter,
  signal: AbortSignal | undefined,
): Promise<number> {
  let count = 0;
  for (const path of removedPaths(entries, before, '')) {
    await writer.add({ path, type: 'whiteout' });
    count += 1;
  }
  for (const entry of entries.values()) {
    if (isSame(entry, before.lookup(entry.path))) continue;
    await writer.add(entry);
    count += 1;
    if (entry.type !== 'file' || entry.size === 0) continue;
    for await (const { bytes } of tree.readMany([entry.path], { signal })) await writer.content(bytes);
  }
  return count;
}

/** The topmost of what is gone. */
function* removedPaths(
  entries: ReadonlyMap<string, TreeEntry>,
  before: FileTree,
  directory: string,
): Generator<string> {
  for (const name of before.list(directory)) {
    const path = joinPath(directory, name);
    const now = entries.get(path);
    if (now === undefined) yield path;
    else if (now.type === 'directory') yield* removedPaths(entries, before, path);
  }
}

function isSame(now: TreeEntry, before: TreeEntry | undefined): boolean {
  if (before === undefined || now.type !== before.type || now.uid !== before.uid || now.gid !== before.gid)
    return false;
  if (now.type === 'symlink') return now.linkTarget === before.linkTarget;
  if (now.mode !== before.mode) return false;
  return now.type === 'directory' || (now.digest === before.digest && now.mtime === Math.floor(before.mtime));
}
