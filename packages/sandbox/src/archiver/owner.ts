import { type BigIntStats, lchownSync } from 'node:fs';
import { systemErrorCode, TsbuildError, toFsPath } from '@tsbuild/core';
import type { OwnerPolicy } from '../archive-job.ts';
import { getXattr, setXattr } from '../linux/libc.ts';

/** Where a tier of one id notes whom a file belongs to; overlays copy it up with the file. */
const NOTE = 'user.tsbuild.owner';

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Gives a file that root just made its owner. A symlink cannot have a note and stays root's, as what is not mapped may. */
export function setOwner(path: string, { uid, gid }: Owner, policy: OwnerPolicy, canHaveNote: boolean): void {
  if (policy === 'noted') {
    if (canHaveNote && (uid !== 0 || gid !== 0)) setXattr(path, NOTE, Buffer.from(`${uid}:${gid}`));
    return;
  }
  try {
    lchownSync(toFsPath(path), uid, gid);
  } catch (error) {
    if (systemErrorCode(error) !== 'EINVAL') throw error;
    if (policy === 'mapped') return;
    throw new TsbuildError(
      'ERR_TSBUILD_SANDBOX',
      `${JSON.stringify(path)} belongs to ${uid}:${gid}, which is not mapped`,
      {
        cause: error,
        hint: 'a larger range in /etc/subuid and /etc/subgid would cover it',
      },
    );
  }
}

/** Whom a file belongs to in the root. */
export function ownerOf(path: string, stats: BigIntStats, policy: OwnerPolicy): Owner {
  const note = policy === 'noted' ? getXattr(path, NOTE)?.toString() : undefined;
  const [uid = Number(stats.uid), gid = Number(stats.gid)] = note?.split(':').map(Number) ?? [];
  return { uid, gid };
}

export function isOwnerNote(name: string): boolean {
  return name === NOTE;
}
