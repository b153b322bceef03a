import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryRoot } from '../test/temporary-store.ts';
import { collect, removeTree } from './collector.ts';
import { Lease } from './lease.ts';
import { StoreFolder } from './store-folder.ts';

async function folderWith(name: string): Promise<{ folder: StoreFolder; path: string }> {
  const root = await temporaryRoot();
  const folder = new StoreFolder(root, new Lease(join(root, 'tmp')));
  const path = folder.path(name);
  writeFileSync(path, name);
  utimesSync(path, 1, 1);
  return { folder, path };
}

test('what was not used is removed', async () => {
  const { folder, path } = await folderWith('a');

  expect(await collect(folder, path, 1_000_000, removeTree)).toBe(true);
  expect(existsSync(path)).toBe(false);
  expect(await collect(folder, path, 1_000_000, removeTree)).toBe(true);
});

test('what was used stays', async () => {
  const { folder, path } = await folderWith('a');
  folder.use(path);

  expect(await collect(folder, path, 1_000_000, removeTree)).toBe(false);
  expect(readFileSync(path, 'utf8')).toBe('a');
});

test('what cannot be looked at because a file is in the way is gone', async () => {
  const { folder, path } = await folderWith('a');

  expect(await collect(folder, join(path, 'below'), 1_000_000, removeTree)).toBe(true);
});

test('a whole folder is removed', async () => {
  const { folder } = await folderWith('a');
  mkdirSync(folder.path('mounts/npm/deep'), { recursive: true });
  utimesSync(folder.path('mounts/npm'), 1, 1);

  expect(await collect(folder, folder.path('mounts/npm'), 1_000_000, removeTree)).toBe(true);
  expect(existsSync(folder.path('mounts/npm'))).toBe(false);
});
