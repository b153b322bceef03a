import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryRoot, temporaryStore } from '../test/temporary-store.ts';
import { openStore } from './index.ts';

test('opening makes the folder, for its owner alone, with the version of its format', async () => {
  const root = await temporaryRoot();

  const store = await temporaryStore(root);

  expect(store.root).toBe(root);
  expect(statSync(root).mode & 0o777).toBe(0o700);
  expect(readFileSync(join(root, 'format'), 'utf8')).toBe('tsbuild store version 1 3349ee97\n');
});

test('a store can be opened many times at once', async () => {
  const root = await temporaryRoot();

  const stores = await Promise.all([temporaryStore(root), temporaryStore(root), temporaryStore(root)]);

  expect(readdirSync(join(root, 'tmp'))).toHaveLength(stores.length);
});

test('closing leaves nothing in the scratch space', async () => {
  const root = await temporaryRoot();
  {
    await using store = await openStore({ root });
    await store.temporaryDirectory();
  }

  expect(readdirSync(join(root, 'tmp'))).toEqual([]);
});

test.each([
  [3, 'a newer', '04a17e2f'],
  [0, 'an older', 'db1364ec'],
])('a store of format %i is refused as written by %s tsbuild', async (version, age, check) => {
  const root = await temporaryRoot();
  mkdirSync(root);
  writeFileSync(join(root, 'format'), `tsbuild store version ${version} ${check}\n`);

  await expect(openStore({ root })).rejects.toMatchObject({
    code: 'ERR_TSBUILD_STORE_FORMAT',
    message: `store "${root}" was written by ${age} tsbuild: format ${version}, expected 1`,
  });
});

test('a damaged format file is written again', async () => {
  const root = await temporaryRoot();
  mkdirSync(root);
  writeFileSync(join(root, 'format'), 'tsbuild store version 3 3349ee97\n');

  await temporaryStore(root);

  expect(readFileSync(join(root, 'format'), 'utf8')).toBe('tsbuild store version 1 3349ee97\n');
});

test('a folder with other things in it is not made a store', async () => {
  const root = await temporaryRoot();
  mkdirSync(root);
  writeFileSync(join(root, 'thesis.tex'), '');

  await expect(openStore({ root })).rejects.toMatchObject({
    code: 'ERR_TSBUILD_STORE',
    message: `"${root}" is neither empty nor a tsbuild store`,
  });
  expect(readdirSync(root)).toEqual(['thesis.tex']);
});

test('a crash while the store was first made does not hinder the next try', async () => {
  const root = await temporaryRoot();
  mkdirSync(root);
  writeFileSync(join(root, '.format-0123456789ab'), 'tsb');

  await temporaryStore(root);

  expect(existsSync(join(root, 'format'))).toBe(true);
});

test.each(['', '/below'])('a file where the folder%s should be is named', async (below) => {
  const file = await temporaryRoot();
  writeFileSync(file, '');
  const root = file + below;

  await expect(openStore({ root })).rejects.toMatchObject({
    code: 'ERR_TSBUILD_STORE',
    message: `"${root}" is not a folder, nor can one be made there`,
  });
});

test.skipIf(!existsSync('/proc/self'))('(needs /proc) a place where nothing can be made is named', async () => {
  await expect(openStore({ root: '/proc/x/store' })).rejects.toMatchObject({ code: 'ERR_TSBUILD_STORE' });
});

test('a temporary directory is removed with everything in it', async () => {
  const store = await temporaryStore();
  const { path } = await (async () => {
    await using directory = await store.temporaryDirectory();
    mkdirSync(join(directory.path, 'a/b'), { recursive: true });
    return directory;
  })();

  expect(existsSync(path)).toBe(false);
});

test('the folders of the engine are made when asked for', async () => {
  const store = await temporaryStore();

  expect(store.directory('mounts')).toBe(join(store.root, 'mounts'));
  expect(statSync(join(store.root, 'mounts')).mode & 0o777).toBe(0o700);
});

test('an entry of a folder that is gone cannot be used', async () => {
  const store = await temporaryStore();
  const path = join(store.directory('snapshots'), 'one');

  expect(await store.use(path)).toBe(false);
  mkdirSync(path);
  expect(await store.use(path)).toBe(true);
});

test('flushing succeeds when something was removed since it was written', async () => {
  const store = await temporaryStore();
  await using ingest = await store.blobs.ingest();
  await ingest.write(Buffer.from('a'));
  const { digest } = await ingest.commit();
  await using other = await openStore({ root: store.root });
  await other.blobs.remove(digest);

  await expect(store.flush()).resolves.toBeUndefined();
});
