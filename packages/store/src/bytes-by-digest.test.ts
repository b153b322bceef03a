import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { temporaryStore } from '../test/temporary-store.ts';

const DIFF_ID = digestOf('tar');

test('bytes come back as they were put', async () => {
  const store = await temporaryStore();

  await store.trees.put(DIFF_ID, Buffer.from([0, 255, 10]));

  expect(await store.trees.get(DIFF_ID)).toEqual(Buffer.from([0, 255, 10]));
  expect(await store.trees.get(digestOf('other'))).toBeUndefined();
});

test('damaged bytes are a miss', async () => {
  const store = await temporaryStore();
  await store.trees.put(DIFF_ID, Buffer.from('index'));
  const path = join(store.root, 'trees', DIFF_ID.slice(7));
  const bytes = readFileSync(path);
  bytes[bytes.length - 1] = 0;
  writeFileSync(path, bytes);

  expect(await store.trees.get(DIFF_ID)).toBeUndefined();
});
