import { appendFileSync, copyFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { temporaryRoot, temporaryStore } from '../test/temporary-store.ts';

const CONTENT = digestOf('content');

async function written() {
  const root = await temporaryRoot();
  const { written: files } = await temporaryStore(root);
  const path = join(root, '..', 'out.tar');
  writeFileSync(path, 'bytes');
  await using file = await open(path);
  await file.utimes(1_700_000_000, 1_700_000_000);
  const stats = await file.stat({ bigint: true });
  await files.put(path, stats, CONTENT);
  return { root, path, stats, files };
}

test('a file is what was written as long as nothing touches it, for other processes too', async () => {
  const { root, path, files } = await written();

  expect(await files.has(path, CONTENT)).toBe(true);
  expect(await (await temporaryStore(root)).written.has(path, CONTENT)).toBe(true);
});

test('another content, another path and no file are not what was written', async () => {
  const { path, files } = await written();

  expect(await files.has(path, digestOf('other'))).toBe(false);
  expect(await files.has(`${path}.other`, CONTENT)).toBe(false);
  rmSync(path);
  expect(await files.has(path, CONTENT)).toBe(false);
});

test.each<[string, (path: string) => void]>([
  ['written to', (path) => appendFileSync(path, '!')],
  ['overwritten at the same length', (path) => writeFileSync(path, 'BYTES')],
  ['touched', (path) => utimesSync(path, 1_700_000_000, 1_700_000_001)],
  [
    'replaced by a copy',
    (path) => {
      copyFileSync(path, `${path}.copy`);
      utimesSync(`${path}.copy`, 1_700_000_000, 1_700_000_000);
      renameSync(`${path}.copy`, path);
    },
  ],
])('a file that was %s is not what was written', async (_, change) => {
  const { path, files } = await written();
  change(path);
  expect(await files.has(path, CONTENT)).toBe(false);
});

test('a file system that keeps whole seconds proves nothing', async () => {
  const { path, stats, files } = await written();
  await files.put(path, { ...stats, ctimeNs: 1_700_000_000_000_000_000n }, digestOf('other'));
  expect(await files.has(path, digestOf('other'))).toBe(false);
});
