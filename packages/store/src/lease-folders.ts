import { mkdirSync, readdirSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemErrorCode } from '@tsbuild/core';
import { isAlive, ownIdentity } from './process-identity.ts';
import { unless, withParent } from './system-errors.ts';

/** A lease of a process that cannot be asked about, in another container, lives this long after its last heartbeat. */
const FOREIGN_LIFE_MS = 15 * 60_000;
/** Kernels stamp files with a clock that lags behind by up to a tick; protection begins this much earlier. */
export const CLOCK_LAG_MS = 100;

/**
 * `<since>-<machine>-<pid>-<start time>-<number>`: all in the name, so that making and reading a lease is one system call. With
 * `open` in the place of a time it is the scratch space of a process that has the store open, and protects nothing.
 */
const LEASE_NAME = /^(\d{1,15}|open)-([0-9a-f]{12}\.\d{1,10})-(\d{1,10})-(\d{1,20})-\d{1,10}$/;

/** Errors of a store that cannot be written to. */
export const READ_ONLY: readonly string[] = ['EROFS', 'EACCES', 'EPERM'];

/**
 * Makes the folder of a lease that begins now, or of the scratch space. Undefined where none can be made: a store that cannot be
 * written to needs no lease, and says so when something is written; on a full disk one must still be able to open the store, to
 * remove something.
 */
export function makeLeaseDirectory(temporary: string, kind: 'lease' | 'open'): string | undefined {
  const since = kind === 'open' ? kind : String(Date.now() - CLOCK_LAG_MS);
  return unless([...READ_ONLY, 'ENOSPC', 'EDQUOT'], () => makeDirectory(temporary, since));
}

/** Threads share a pid, hence the number. */
function makeDirectory(temporary: string, since: string): string {
  const { machine, pid, startTime } = ownIdentity();
  for (let number = 1; ; number += 1) {
    const path = join(temporary, `${since}-${machine}-${pid}-${startTime}-${number}`);
    const made = unless(['EEXIST'], () => withParent(path, () => mkdirSync(path, { mode: 0o700 }) ?? path));
    if (made !== undefined) return made;
  }
}

/** Removes a folder of this process with what is left in it. */
export function removeLeaseDirectory(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    // Something is left; what this user may not remove is left to a later process, which sets it aside.
    unless([...READ_ONLY, 'ENOTEMPTY'], () => rmSync(path, { recursive: true, force: true }));
  }
}

export interface LeaseState {
  readonly name: string;
  /** What was used at this time (milliseconds since 1970) or later is protected; never, for a store that is open and not in use. */
  readonly since: number;
  readonly isAlive: boolean;
}

/** What was used at the time that is returned, or later, is in use or may be: no collection that begins now may take it. */
export function protectedSince(temporary: string): number {
  const now = Date.now() - CLOCK_LAG_MS;
  return Math.min(now, ...listLeases(temporary).flatMap((lease) => (lease.isAlive ? [lease.since] : [])));
}

/** Every lease in `tmp/`. */
export function listLeases(temporary: string): LeaseState[] {
  const names = unless(['ENOENT', 'ENOTDIR', 'EACCES'], () => readdirSync(temporary)) ?? [];
  return names.flatMap((name) => {
    const [, since, machine, pid, startTime] = LEASE_NAME.exec(name) ?? [];
    if (since === undefined || machine === undefined || startTime === undefined) return [];
    const alive = isAlive({ machine, pid: Number(pid), startTime }) ?? hasHeartbeat(join(temporary, name));
    return [{ name, since: since === 'open' ? Number.POSITIVE_INFINITY : Number(since), isAlive: alive }];
  });
}

function hasHeartbeat(path: string): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat !== undefined && stat.mtimeMs > Date.now() - FOREIGN_LIFE_MS;
}

/** Removes what dead processes left. A folder that cannot be removed by this user is set aside as `stuck-…`, not tried again. */
export async function removeDeadLeases(temporary: string): Promise<void> {
  for (const lease of listLeases(temporary)) {
    if (lease.isAlive) continue;
    const path = join(temporary, lease.name);
    try {
      await rm(path, { recursive: true, force: true });
    } catch (error) {
      if (systemErrorCode(error) === undefined) throw error;
      await rename(path, join(temporary, `stuck-${lease.name}`)).catch(() => undefined);
    }
  }
}
