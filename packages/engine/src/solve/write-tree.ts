import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { chmod, lchown, link, lutimes, mkdir, symlink } from 'node:fs/promises';
import { type TreeEntry, toFsPath } from '@tsbuild/core';
import type { Selection } from '@tsbuild/layer';

export interface WriteTreeOptions {
  /** Give files their owners; only root can. */
  readonly keepOwners: boolean;
  /** @default false */
  readonly keepTimes?: boolean;
}

/** Writes what was selected into an empty directory that nobody else writes to. Devices and FIFOs are left out. */
export async function writeTree(
  { tree, sources }: Selection,
  directory: string,
  options: WriteTreeOptions,
): Promise<void> {
  const items = sources.flatMap((source) => [...source.items]);
  const places = new Map(items.map(({ entry, path }) => [entry.path, path]));
  const at = (path: string) => toFsPath(path === '' ? directory : `${directory}/${path}`);
  for (const { path, entry } of items) {
    const original = entry.hardlink === undefined ? undefined : places.get(entry.hardlink);
    if (entry.type === 'directory' && path !== '') await mkdir(at(path));
    else if (entry.type === 'symlink') await symlink(toFsPath(entry.linkTarget ?? ''), at(path));
    else if (original !== undefined) await link(at(original), at(path));
    else if (entry.type === 'file') await writeContent(tree, entry, at(path));
  }
  // Modes and owners last, from the bottom up: a read-only directory must be filled first.
  for (const { path, entry } of items.toReversed()) {
    if (entry.type !== 'file' && entry.type !== 'directory' && entry.type !== 'symlink') continue;
    if (options.keepOwners) await lchown(at(path), entry.uid, entry.gid);
    if (entry.type !== 'symlink') await chmod(at(path), entry.mode);
    if (options.keepTimes === true) await lutimes(at(path), entry.mtime, entry.mtime);
  }
}

const FLAGS = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

async function writeContent(tree: Selection['tree'], { path }: TreeEntry, place: string | Buffer): Promise<void> {
  const file = openSync(place, FLAGS, 0o600);
  try {
    for await (const { bytes } of tree.readMany([path])) {
      for (let written = 0; written < bytes.byteLength; ) written += writeSync(file, bytes, written);
    }
  } finally {
    closeSync(file);
  }
}
