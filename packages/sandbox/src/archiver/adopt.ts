import { chmodSync, lutimesSync } from 'node:fs';
import { toFsPath } from '@tsbuild/core';
import type { AdoptJob, FolderFormat } from '../archive-job.ts';
import { setXattr } from '../linux/libc.ts';
import { keptXattrs } from './kept-xattrs.ts';
import type { LowerFolders } from './lower-folders.ts';
import { type LowerEntry, LowerView } from './lower-view.ts';
import { ownerOf, setOwner } from './owner.ts';

/**
 * Gives folders that a layer's tar did not name the metadata that they have below, for in an overlay the topmost folder
 * decides. What is new is root's, 0755.
 */
export function adopt({ target, implicit, below, format }: AdoptJob, folders: LowerFolders): void {
  const root = LowerView.open(below, folders);
  for (const path of implicit) {
    const folder = findFolder(root, path);
    if (folder !== undefined) copyMetadata(folder, `${target}/${path}`, format);
  }
}

function findFolder(root: LowerView, path: string): LowerEntry | undefined {
  let view = root;
  let found: LowerEntry | undefined;
  for (const name of path.split('/')) {
    found = view.lookup(name);
    if (found?.stats.isDirectory() !== true) return undefined;
    view = found.view;
  }
  return found;
}

function copyMetadata({ path, stats }: LowerEntry, target: string, { owners }: FolderFormat): void {
  setOwner(target, ownerOf(path, stats, owners), owners, true);
  chmodSync(toFsPath(target), Number(stats.mode) & 0o7777);
  for (const [name, value] of Object.entries(keptXattrs(path) ?? {})) setXattr(target, name, value);
  const mtime = Number(stats.mtimeNs) / 1e9;
  lutimesSync(toFsPath(target), mtime, mtime);
}
