import { linkSync, lstatSync, renameSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { systemErrorCode } from '@tsbuild/core';
import type { StoreFolder } from './store-folder.ts';
import { lookAt, unless, withParent } from './system-errors.ts';

/** Removes a file or folder for good, e.g. with the rights of the subordinate ids that own what is in it. */
export type RemoveTree = (path: string) => Promise<void>;

export const removeTree: RemoveTree = (path) => rm(path, { recursive: true, force: true });

/**
 * Removes a path unless somebody has used it at `since` or later. A process marks what it uses by name, so moving the path away
 * decides: whoever marked it before is seen here and gets it back, whoever comes after finds nothing and has a miss.
 * True when the path is gone.
 */
export async function collect(folder: StoreFolder, path: string, since: number, remove: RemoveTree): Promise<boolean> {
  const stat = lookAt(path);
  if (stat === undefined) return true;
  if (stat.mtimeMs >= since) return false;
  const moved = unless(['ENOENT', 'ENOTDIR'], () => moveAway(folder, path));
  if (moved === undefined) return lookAt(path) === undefined;
  if (moved !== path && isUsed(moved, since)) {
    putBack(moved, path);
    return false;
  }
  await remove(moved);
  return true;
}

/** Where the path is now. A full disk has no room for a scratch space, and room is what is to be made. */
function moveAway(folder: StoreFolder, path: string): string {
  const moved = folder.lease.newPath();
  return unless(['ENOSPC', 'EDQUOT'], () => withParent(moved, () => renameSync(path, moved)) ?? moved) ?? path;
}

function isUsed(path: string, since: number): boolean {
  return (lookAt(path)?.mtimeMs ?? 0) >= since;
}

/** Somebody may have made the same again meanwhile: that one is newer and stays. */
function putBack(moved: string, path: string): void {
  try {
    if (lstatSync(moved).isDirectory()) renameSync(moved, path);
    else linkSync(moved, path);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(systemErrorCode(error) ?? '')) throw error;
  }
  rmSync(moved, { recursive: true, force: true });
}
