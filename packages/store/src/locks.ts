import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemErrorCode } from '@tsbuild/core';
import { listeningFirst } from './listening-first.ts';
import { lockFolders } from './lock-folders.ts';
import type { StoreFolder } from './store-folder.ts';
import { translatingAsync } from './system-errors.ts';

/** How long a lock is waited for. */
export interface LockOptions {
  readonly signal?: AbortSignal | undefined;
}

/** A holder that shows no sign of life for this long has died. */
const STALE_MS = 5_000;
const HEARTBEAT_MS = 1_000;
const FIRST_WAIT_MS = 5;
const LONGEST_WAIT_MS = 100;

/** Mutual exclusion by key, first within the process, then between processes. */
export class Locks {
  readonly #folder: StoreFolder;
  readonly #tails = new Map<string, Promise<void>>();

  constructor(folder: StoreFolder) {
    this.#folder = folder;
  }

  async withLock<T>(key: string, work: () => Promise<T>, { signal }: LockOptions = {}): Promise<T> {
    const leave = await this.#enter(key, signal);
    try {
      const release = await this.#acquire(key, signal);
      try {
        return await work();
      } finally {
        await release();
      }
    } finally {
      leave();
    }
  }

  /** Waits for the turn within this process; what is returned ends the turn. */
  async #enter(key: string, signal: AbortSignal | undefined): Promise<() => void> {
    const before = this.#tails.get(key) ?? Promise.resolve();
    let leave = (): void => undefined;
    const turn = new Promise<void>((resolve) => {
      leave = resolve;
    });
    const tail = before.then(() => turn);
    this.#tails.set(key, tail);
    void tail.then(() => this.#tails.get(key) === tail && this.#tails.delete(key));
    try {
      await abortable(before, signal);
    } catch (error) {
      leave();
      throw error;
    }
    return leave;
  }

  async #acquire(key: string, signal: AbortSignal | undefined): Promise<() => Promise<void>> {
    const { default: lockfile } = await loadLockfile();
    const path = this.#folder.path('locks', createHash('sha256').update(key).digest('hex'));
    for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
      signal?.throwIfAborted();
      const release = await tryLock(() =>
        lockfile.lock(path, {
          realpath: false,
          lockfilePath: path,
          fs: lockFolders,
          stale: STALE_MS,
          update: HEARTBEAT_MS,
          onCompromised,
        }),
      );
      if (release !== undefined) return () => release().catch(ignoreLost);
      await sleep(wait * (0.5 + Math.random() / 2), undefined, signal === undefined ? {} : { signal }).catch(
        (error) => {
          signal?.throwIfAborted();
          throw error;
        },
      );
    }
  }
}

const importLockfile = () => import('proper-lockfile');
let loading: ReturnType<typeof importLockfile> | undefined;

/** When it is first needed: a build that is all cached takes no lock. */
function loadLockfile(): ReturnType<typeof importLockfile> {
  loading ??= listeningFirst(importLockfile);
  return loading;
}

async function tryLock(lock: () => Promise<() => Promise<void>>): Promise<(() => Promise<void>) | undefined> {
  try {
    return await translatingAsync('locking in the store', lock);
  } catch (error) {
    if (systemErrorCode(error) === 'ELOCKED') return undefined;
    throw error;
  }
}

/**
 * A process that was stopped for longer than `STALE_MS` loses its lock and does not notice until it is done. Work may then be done
 * twice, which is harmless: all that is written to the store is written atomically, under the digest or key of its content.
 */
function onCompromised(): void {}

function ignoreLost(error: unknown): void {
  if (!['ERELEASED', 'ENOTACQUIRED'].includes(systemErrorCode(error) ?? '')) throw error;
}

function abortable(wait: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return wait;
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    void wait.then(resolve).finally(() => signal.removeEventListener('abort', abort));
  });
}
