import { appendFileSync, lstatSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { temporaryStore } from '../test/temporary-store.ts';
import type { FileIdentity } from './index.ts';

const FILE: FileIdentity = {
  dev: 1,
  ino: 7,
  ctimeMs: 1_700_000_000_123.4568,
  mtimeMs: 1_600_000_000_123.4568,
  size: 3,
};
const LATER = 1_700_000_010_000;

test('a digest is remembered across openings, for its context alone', async () => {
  const store = await temporaryStore();
  const digests = await store.memo.open('/app');
  digests.set(FILE, digestOf('abc'), LATER);
  await digests.save();
  expect(digests.get(FILE)).toBe(digestOf('abc'));

  const again = await temporaryStore(store.root);

  expect((await again.memo.open('/app')).get(FILE)).toBe(digestOf('abc'));
  expect((await again.memo.open('/other')).get(FILE)).toBeUndefined();
});

test.each(['dev', 'ino', 'ctimeMs', 'mtimeMs', 'size'] as const)('another %s is another file', async (field) => {
  const store = await temporaryStore();
  const digests = await store.memo.open('/app');
  digests.set(FILE, digestOf('abc'), LATER);

  await digests.save();

  expect(digests.get(FILE)).toBe(digestOf('abc'));
  expect(digests.get({ ...FILE, [field]: FILE[field] + 1 })).toBeUndefined();
});

test('a file with other content but the same size and mtime is another file', async () => {
  const store = await temporaryStore();
  const path = join(store.root, 'file');
  const mtime = new Date('2020-01-01T00:00:00Z');
  writeFileSync(path, 'abc');
  utimesSync(path, mtime, mtime);
  const digests = await store.memo.open('/app');
  digests.set(lstatSync(path), digestOf('abc'), Date.now() + 10_000);
  await digests.save();
  expect(digests.get(lstatSync(path))).toBe(digestOf('abc'));

  writeFileSync(path, 'xyz');
  utimesSync(path, mtime, mtime);

  expect(digests.get(lstatSync(path))).toBeUndefined();
});

test('a file that changed within the grain of the clock is not remembered', async () => {
  const store = await temporaryStore();
  const digests = await store.memo.open('/app');

  digests.set(FILE, digestOf('abc'), FILE.ctimeMs + 50);
  await digests.save();
  expect(digests.get(FILE)).toBeUndefined();

  digests.set(FILE, digestOf('abc'), FILE.ctimeMs + 150);
  await digests.save();
  expect(digests.get(FILE)).toBe(digestOf('abc'));
});

test('on a file system of whole seconds the grain is two seconds', async () => {
  const store = await temporaryStore();
  const digests = await store.memo.open('/app');
  const file = { ...FILE, ctimeMs: 1_700_000_000_000 };

  digests.set(file, digestOf('abc'), 1_700_000_001_900);
  await digests.save();
  expect(digests.get(file)).toBeUndefined();

  digests.set(file, digestOf('abc'), 1_700_000_002_100);
  await digests.save();
  expect(digests.get(file)).toBe(digestOf('abc'));
});

test('a file just written is hashed again next time', async () => {
  const store = await temporaryStore();
  const path = join(store.root, 'file');
  const digests = await store.memo.open('/app');
  writeFileSync(path, 'abc');

  digests.set(lstatSync(path), digestOf('abc'), Date.now());
  await digests.save();

  expect(digests.get(lstatSync(path))).toBeUndefined();
});

test('a damaged memo is an empty one', async () => {
  const store = await temporaryStore();
  const digests = await store.memo.open('/app');
  digests.set(FILE, digestOf('abc'), LATER);
  await digests.save();
  const folder = join(store.root, 'memo');
  for (const name of readdirSync(folder)) appendFileSync(join(folder, name), 'x');

  expect((await store.memo.open('/app')).get(FILE)).toBeUndefined();
});

test('saving without news writes nothing', async () => {
  const store = await temporaryStore();
  const digests = await store.memo.open('/app');
  digests.set(FILE, digestOf('abc'), LATER);
  await digests.save();
  const [name = ''] = readdirSync(join(store.root, 'memo'));
  const before = lstatSync(join(store.root, 'memo', name)).ino;

  await digests.save();

  expect(lstatSync(join(store.root, 'memo', name)).ino).toBe(before);
  expect(readFileSync(join(store.root, 'memo', name)).byteLength).toBe(65 + 70 + 3 * 72);
});

test('10,000 files with colliding inodes are told apart', async () => {
  const store = await temporaryStore();
  const digests = await store.memo.open('/app');
  const files = Array.from({ length: 10_000 }, (_, index) => ({
    ...FILE,
    dev: index % 2,
    ino: 4096 * (1 + (index >> 1)),
  }));
  for (const [index, file] of files.entries()) digests.set(file, digestOf(`${index}`), LATER);
  await digests.save();

  const again = await store.memo.open('/app');

  expect(files.filter((file, index) => again.get(file) !== digestOf(`${index}`))).toEqual([]);
});
