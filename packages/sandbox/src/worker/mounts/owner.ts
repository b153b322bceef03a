import { chownSync } from 'node:fs';
import { systemErrorCode } from '@tsbuild/core';
import { noSuchUser } from '../no-such-user.ts';

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** @throws {TsbuildError} for an id that the sandbox does not have */
export function giveTo({ uid, gid }: Owner, path: string, target: string): void {
  try {
    chownSync(path, uid, gid);
  } catch (cause) {
    if (systemErrorCode(cause) !== 'EINVAL') throw cause;
    throw noSuchUser(`this sandbox has no user ${uid}:${gid} to own the mount ${JSON.stringify(target)}`, { cause });
  }
}
