import { closeSync, fsync, openSync } from 'node:fs';
import { promisify } from 'node:util';
import { systemErrorCode } from '@tsbuild/core';
import { translatingAsync } from './system-errors.ts';

const CONCURRENCY = 8;
const synced = promisify(fsync);

/** Writes files and folders through to the disk. What is gone meanwhile needs no syncing. */
export async function syncPaths(paths: readonly string[]): Promise<void> {
  await translatingAsync('flushing the store', async () => {
    const queue = paths.values();
    const workers = Array.from({ length: Math.min(CONCURRENCY, paths.length) }, async () => {
      for (const path of queue) await syncOne(path);
    });
    await Promise.all(workers);
  });
}

/** Only the disk is waited for: the rest is done in less time than asking for it takes. */
async function syncOne(path: string): Promise<void> {
  try {
    const file = openSync(path, 'r');
    try {
      await synced(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
  }
}
