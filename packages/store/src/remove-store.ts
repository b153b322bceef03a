import { readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { TsbuildError } from '@tsbuild/core';
import { type RemoveTree, removeTree } from './collector.ts';
import { listLeases } from './lease-folders.ts';
import { storeRoot } from './root.ts';
import type { OpenStoreOptions } from './store.ts';
import { looksLikeStore } from './store-format.ts';
import { translatingAsync, unless } from './system-errors.ts';

/** Which store is removed, and by what means. */
export interface RemoveStoreOptions extends OpenStoreOptions {
  /** Removes folders with files that do not belong to this user. @default as far as this user may */
  readonly removeTree?: RemoveTree | undefined;
}

/**
 * Removes a store of any version, images and all. Resolves also when there was none.
 * @throws {TsbuildError} ERR_TSBUILD_STORE when the folder is something else or a process has the store open
 */
export async function removeStore(options: RemoveStoreOptions = {}): Promise<void> {
  const root = storeRoot(options.root, options.env ?? process.env);
  const names = unless(['ENOENT'], () => readdirSync(root));
  if (names === undefined) return;
  if (!looksLikeStore(names)) throw refused(root, 'is not a tsbuild store');
  if (listLeases(join(root, 'tmp')).some(({ isAlive }) => isAlive)) throw refused(root, 'is in use');
  const remove = options.removeTree ?? removeTree;
  await translatingAsync('removing the store', async () => {
    // The last file is the one that says what the folder is, so that a removal that was cut short can be done again.
    for (const name of names.filter((each) => each !== 'format')) await remove(join(root, name));
    await remove(join(root, 'format'));
    unless(['ENOTEMPTY', 'EBUSY', 'EACCES'], () => rmdirSync(root));
  });
}

function refused(root: string, why: string): TsbuildError {
  return new TsbuildError('ERR_TSBUILD_STORE', `${JSON.stringify(root)} ${why}`);
}
