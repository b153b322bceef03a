import { mkdirSync, readdirSync, rmdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemErrorCode } from '@tsbuild/core';
import { isAlive, ownIdentity } from './process-identity.ts';
import { unless, withParent } from './system-errors.ts';

const HEARTBEAT_MS = 60_000;
/** A lease of a process that cannot be asked about, in another container, lives this long after its last heartbeat. */
const FOREIGN_LIFE_MS = 15 * 60_000;
/** Kernels stamp files with a clock that lags behind by up to a tick; protection begins this much earlier. */
const CLOCK_LAG_MS = 100;

/** `<since>-<machine>-<pid>-<start time>-<number>`: all in the name, so that making and reading a lease is one system call. */
const LEASE_NAME = /^(\d{1,15})-([0-9a-f]{12}\.\d{1,10})-(\d{1,10})-(\d{1,20})-\d{1,10}$/;

const READ_ONLY = ['EROFS', 'EACCES', 'EPERM'];

/**
 * One process's use of the store: a folder in `tmp/` that is its scratch space too. While it lives, nothing that was used or
 * written since it began is collected.
 */
export class Lease {
  readonly directory: string;
  /**
   * Milliseconds since 1970, taken once other processes can see the lease. A file last used before must be marked as used; one
   * used later is protected already, be it by this lease or, for a collector that overlooked the lease, by its own start.
   */
  readonly since: number;
  readonly #heartbeat: NodeJS.Timeout;
  #count = 0;

  constructor(temporary: string) {
    // A store that cannot be written to needs no lease, and says so when something is written. On a full disk one must still be
    // able to open it, to remove something.
    this.directory =
      unless([...READ_ONLY, 'ENOSPC', 'EDQUOT'], () => makeLeaseDirectory(temporary)) ?? join(temporary, 'none');
    this.since = Date.now();
    this.#heartbeat = setInterval(() => this.#beat(), HEARTBEAT_MS);
    this.#heartbeat.unref();
  }

  /** A path in the scratch space that nothing else uses. */
  newPath(): string {
    this.#count += 1;
    return join(this.directory, String(this.#count));
  }

  end(): void {
    clearInterval(this.#heartbeat);
    try {
      rmdirSync(this.directory);
    } catch {
      // Something is left; what this user may not remove is left to a later process, which sets it aside.
      unless([...READ_ONLY, 'ENOTEMPTY'], () => rmSync(this.directory, { recursive: true, force: true }));
    }
  }

  #beat(): void {
    unless([...READ_ONLY, 'ENOENT'], () => utimesSync(this.directory, new Date(), new Date()));
  }
}

/** Threads share a pid, hence the number. */
function makeLeaseDirectory(temporary: string): string {
  const { machine, pid, startTime } = ownIdentity();
  const since = Date.now() - CLOCK_LAG_MS;
  for (let number = 1; ; number += 1) {
    const path = join(temporary, `${since}-${machine}-${pid}-${startTime}-${number}`);
    const made = unless(['EEXIST'], () => withParent(path, () => mkdirSync(path, { mode: 0o700 }) ?? path));
    if (made !== undefined) return made;
  }
}

export interface LeaseState {
  readonly name: string;
  /** What was used at this time (milliseconds since 1970) or later is protected. */
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
    return [{ name, since: Number(since), isAlive: alive }];
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
