import { closeSync, lstatSync, rmdirSync, unlinkSync } from 'node:fs';
import { systemErrorCode } from '@tsbuild/core';
import { type CreatedEntry, entryPath } from './root-path.ts';

/** Removes a mount point or folder that was made, but leaves what the command itself put there. */
export function removeCreated({ parent, name, kind }: CreatedEntry): void {
  const path = entryPath(parent, name);
  try {
    if (kind === 'directory') rmdirSync(path);
    else if (lstatSync(path).isFile() && lstatSync(path).size === 0) unlinkSync(path);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code !== 'ENOTEMPTY' && code !== 'ENOENT' && code !== 'ENOTDIR' && code !== 'EROFS') throw error;
  } finally {
    closeSync(parent);
  }
}
