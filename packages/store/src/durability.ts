import { open } from 'node:fs/promises';
import { systemErrorCode } from '@tsbuild/core';
import { translatingAsync } from './system-errors.ts';

const CONCURRENCY = 8;

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

async function syncOne(path: string): Promise<void> {
  try {
    const file = await open(path, 'r');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
  }
}
