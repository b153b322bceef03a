import { linkSync, lstatSync, renameSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { systemErrorCode } from '@tsbuild/core';
import type { StoreFolder } from './store-folder.ts';
import { lookAt, unless } from './system-errors.ts';

/** Removes a file or folder for good, e.g. with the rights of the subordinate ids that own what is in it. */
export type RemoveTree = (path: string) => Promise<void>;

export const removeTree: RemoveTree = (path) => rm(path, { recursive: true, force: true });

/**
 * Removes a path unless somebody has used it at `since` or later. A process marks what it uses by name, so moving the path away
 * decides: whoever marked it before is seen here and gets it back, whoever comes after finds nothing and has a miss.
 * True when the path is gone.
 */
export async function collect(folder: StoreFolder, path: string, since: number, remove: RemoveTree): Promise<boolean> {
  if (isUsed(path, since)) return false;
  const moved = folder.lease.newPath();
  if (unless(['ENOENT', 'ENOTDIR'], () => renameSync(path, moved) ?? true) === undefined) return true;
  if (isUsed(moved, since)) {
    putBack(moved, path);
    return false;
  }
  await remove(moved);
  return true;
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
