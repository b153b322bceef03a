import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemErrorCode } from '@tsbuild/core';
import { translatingAsync } from './system-errors.ts';

const CONCURRENCY = 8;

/** Writes files below `root` and the folders that name them through to the disk. What is gone meanwhile needs no syncing. */
export async function syncPaths(root: string, paths: readonly string[]): Promise<void> {
  await translatingAsync('flushing the store', async () => {
    await syncAll(paths);
    await syncAll(foldersOf(root, paths));
  });
}

/** Every folder between the root and the files, the root too: any of them may be new. */
function foldersOf(root: string, paths: readonly string[]): string[] {
  const folders = new Set<string>();
  for (const path of paths) {
    for (let folder = dirname(path); !folders.has(folder); folder = dirname(folder)) {
      folders.add(folder);
      if (folder === root) break;
    }
  }
  return [...folders];
}

async function syncAll(paths: readonly string[]): Promise<void> {
  const queue = paths.values();
  const workers = Array.from({ length: Math.min(CONCURRENCY, paths.length) }, async () => {
    for (const path of queue) await syncOne(path);
  });
  await Promise.all(workers);
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
