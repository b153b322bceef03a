import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fchmodSync,
  futimesSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  readlinkSync,
  renameSync,
  rmSync,
  type Stats,
  symlinkSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { encodeName, type FileTree, parentPath, type TreeEntry, toFsPath } from '@tsbuild/core';
import { holdsContent } from './holds-content.ts';

/**
 * Writes a root file system over what is in the folder `root`: files take the place of what had their names, directories
 * are filled. Everything belongs to the caller. What is there already is left alone. No symlink is followed: one in
 * the place of a directory is replaced. `entries` have parents first, and links after their files.
 */
export async function writeLocal(
  tree: FileTree,
  entries: readonly TreeEntry[],
  root: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const place = (path: string) => toFsPath(`${root}/${path}`);
  const names = countNames(entries);
  const missing: string[] = [];
  for (const entry of entries) {
    signal?.throwIfAborted();
    if (entry.type === 'directory') makeDirectory(place(entry.path));
    else if (entry.type === 'file' && entry.hardlink === undefined) {
      if (await holdsContent(place(entry.path), entry, names.get(entry.path) ?? 1))
        keepAttributes(entry, place(entry.path));
      else missing.push(entry.path);
    }
  }
  await writeContents(tree, missing, root, signal);
  for (const entry of entries) {
    if (entry.type === 'symlink') writeSymlink(entry, root);
    else if (entry.hardlink !== undefined) writeLink(entry, root);
  }
  // A read-only directory must be filled first, and filling it changes its time.
  for (const entry of entries.toReversed()) if (entry.type === 'directory') keepAttributes(entry, place(entry.path));
}

/** How many names each file has that has several. */
function countNames(entries: readonly TreeEntry[]): ReadonlyMap<string, number> {
  const names = new Map<string, number>();
  for (const { hardlink } of entries) if (hardlink !== undefined) names.set(hardlink, (names.get(hardlink) ?? 1) + 1);
  return names;
}

type Place = ReturnType<typeof toFsPath>;

function statOf(place: Place): Stats | undefined {
  return lstatSync(place, { throwIfNoEntry: false });
}

/** A directory that can be filled, and is no symlink to one. */
export function makeDirectory(place: Place): void {
  const existing = statOf(place);
  if (existing?.isDirectory() === true) {
    if ((existing.mode & 0o700) !== 0o700) chmodSync(place, (existing.mode & 0o7777) | 0o700);
    return;
  }
  if (existing !== undefined) rmSync(place);
  mkdirSync(place, 0o700);
}

function keepAttributes({ mode, mtime }: TreeEntry, place: Place): void {
  const existing = lstatSync(place);
  if ((existing.mode & 0o7777) !== mode) chmodSync(place, mode);
  if (!isSameTime(existing, mtime)) utimesSync(place, mtime, mtime);
}

function isSameTime({ mtimeMs }: Stats, seconds: number): boolean {
  return Math.abs(mtimeMs - seconds * 1000) < 1;
}

async function writeContents(
  tree: FileTree,
  paths: readonly string[],
  root: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  let file: { readonly fd: number; readonly temporary: Place } | undefined;
  try {
    for await (const { path, bytes, last } of tree.readMany(paths, { signal })) {
      file ??= openBeside(path, root);
      for (let at = 0; at < bytes.byteLength; ) at += writeSync(file.fd, bytes, at);
      if (!last) continue;
      const { mode = 0o644, mtime = 0 } = tree.lookup(path) ?? {};
      fchmodSync(file.fd, mode);
      futimesSync(file.fd, mtime, mtime);
      closeSync(file.fd);
      moveOver(file.temporary, toFsPath(`${root}/${path}`));
      file = undefined;
    }
  } finally {
    if (file !== undefined) {
      closeSync(file.fd);
      rmSync(file.temporary, { force: true });
    }
  }
}

function openBeside(path: string, root: string) {
  const temporary = besides(path, root);
  return { fd: openSync(temporary, 'wx', 0o600), temporary };
}

function besides(path: string, root: string): Place {
  return toFsPath(`${root}/${parentPath(path)}/.tsbuild-${randomBytes(6).toString('hex')}`);
}

/** A directory gives way too: rename replaces anything else. */
function moveOver(temporary: Place, place: Place): void {
  if (statOf(place)?.isDirectory() === true) rmSync(place, { recursive: true });
  renameSync(temporary, place);
}

function writeSymlink({ path, linkTarget = '', mtime }: TreeEntry, root: string): void {
  const place = toFsPath(`${root}/${path}`);
  const existing = statOf(place);
  const target = encodeName(linkTarget);
  const isThere = existing?.isSymbolicLink() === true && readlinkSync(place, { encoding: 'buffer' }).equals(target);
  if (isThere && isSameTime(existing, mtime)) return;
  const temporary = besides(path, root);
  symlinkSync(target, temporary);
  lutimesSync(temporary, mtime, mtime);
  moveOver(temporary, place);
}

function writeLink({ path, hardlink = '' }: TreeEntry, root: string): void {
  const place = toFsPath(`${root}/${path}`);
  const file = toFsPath(`${root}/${hardlink}`);
  if (statOf(place)?.ino === lstatSync(file).ino) return;
  const temporary = besides(path, root);
  linkSync(file, temporary);
  moveOver(temporary, place);
}
