import { chownSync, closeSync, copyFileSync, existsSync, openSync, renameSync, statSync } from 'node:fs';
import type { ExecMount } from '@tsbuild/core';
import { systemErrorCode, TsbuildError } from '@tsbuild/core';
import { MS_BIND, MS_NODEV, MS_RDONLY, MS_REMOUNT } from '../../linux/flags.ts';
import { mount, mountRestrictions } from '../../linux/libc.ts';
import { mountOverlay } from '../overlay.ts';
import type { RunPlace } from '../run-place.ts';
import type { StagedMount } from './stage.ts';

type Bind = Extract<ExecMount, { kind: 'bind' }>;

/** A folder or file of the host: read-only, or with writes that vanish, or (a cache) shared as it is. */
export function stageBind({ source, writable, persistent, fresh }: Bind, place: RunPlace): StagedMount {
  if (fresh !== undefined && !existsSync(source)) adoptFresh(fresh, source);
  const isDirectory = isFolder(source);
  if (!writable || persistent) return bindAside(source, place, { isDirectory, flags: writable ? 0 : MS_RDONLY });
  if (isDirectory) {
    const path = place.newFolder();
    const writeFolder = place.newDiskFolder();
    mountOverlay({ lowers: [source], writeFolder, target: path, place });
    return { path, isDirectory };
  }
  const copy = `${place.newDiskFolder()}/copy`;
  copyFileSync(source, copy);
  return bindAside(copy, place, { isDirectory, flags: 0 });
}

/** Another process may be doing the same. A folder for an id that the tier does not have stays root's. */
function adoptFresh({ folder, uid, gid }: NonNullable<Bind['fresh']>, source: string): void {
  try {
    chownSync(folder, uid, gid);
  } catch (error) {
    if (!['EINVAL', 'ENOENT'].includes(systemErrorCode(error) ?? '')) throw error;
  }
  try {
    renameSync(folder, source);
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
  }
}

/** Binds `source` to a place of its own and gives that mount its flags; devices in it are always dead. */
export function bindAside(
  source: string,
  place: RunPlace,
  { isDirectory, flags }: { readonly isDirectory: boolean; readonly flags: number },
): StagedMount {
  const path = isDirectory ? place.newFolder() : place.newFile(new Uint8Array());
  mount({ source, target: path, flags: MS_BIND });
  const kept = place.userNamespace ? mountRestrictions(path) : 0; // those of the machine cannot be taken back there
  mount({ target: path, flags: MS_REMOUNT | MS_BIND | MS_NODEV | kept | flags });
  return { path, isDirectory };
}

function isFolder(source: string): boolean {
  try {
    closeSync(openSync(source, 'r'));
    return statSync(source).isDirectory();
  } catch (cause) {
    throw new TsbuildError('ERR_TSBUILD_SANDBOX', `cannot mount ${JSON.stringify(source)}`, { cause });
  }
}
