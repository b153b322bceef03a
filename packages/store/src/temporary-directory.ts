import { rm } from 'node:fs/promises';
import type { StoreFolder } from './store-folder.ts';
import { makeFolder, translating, translatingAsync } from './system-errors.ts';

/** A folder of the store's own file system that is removed when it is disposed. */
export interface TemporaryDirectory extends AsyncDisposable {
  readonly path: string;
}

export async function createTemporaryDirectory(folder: StoreFolder): Promise<TemporaryDirectory> {
  const path = folder.lease.newPath();
  translating('creating a folder in the store', () => makeFolder(path));
  return {
    path,
    async [Symbol.asyncDispose]() {
      await translatingAsync('removing a folder from the store', () => rm(path, { recursive: true, force: true }));
    },
  };
}
