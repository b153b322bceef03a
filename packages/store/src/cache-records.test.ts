import { copyFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { digestOf } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { countFsCalls } from '../../../test/support/fs-calls.ts';
import { temporaryStore } from '../test/temporary-store.ts';

const KEY = digestOf('key');
const OTHER = digestOf('other');
const NAME = '2c70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683';

test('a record is kept by key, across openings', async () => {
  const store = await temporaryStore();

  await store.records.put(KEY, { layer: 'a', onto: ['b'] });
  await store.records.put(KEY, { layer: 'c', onto: ['d'] });

  const again = await temporaryStore(store.root);
  expect(await again.records.get(KEY)).toEqual({ layer: 'c', onto: ['d'] });
  expect(await again.records.get(OTHER)).toBeUndefined();
});

test('ingredients and lineage are kept beside the records', async () => {
  const store = await temporaryStore();

  await store.records.putIngredients(KEY, Buffer.from('files'));
  await store.records.putLineage('Dockerfile/build/3/RUN', OTHER);
  await store.records.putLineage('Dockerfile/build/3/RUN', KEY);

  expect(await store.records.getIngredients(KEY)).toEqual(Buffer.from('files'));
  expect(await store.records.getIngredients(OTHER)).toBeUndefined();
  expect(await store.records.getLineage('Dockerfile/build/3/RUN')).toBe(KEY);
  expect(await store.records.getLineage('Dockerfile/build/4/RUN')).toBeUndefined();
  expect(await store.records.get(KEY)).toBeUndefined();
});

test('whatever lies where a record should be is a miss and can be overwritten', async () => {
  const store = await temporaryStore();
  await store.records.put(OTHER, { layer: 'other' });
  const path = join(store.root, 'cache/2c', NAME);
  const otherPath = join(store.root, 'cache', OTHER.slice(7, 9), OTHER.slice(7));
  mkdirSync(dirname(path), { recursive: true });
  const junk = [
    () => writeFileSync(path, ''),
    () => writeFileSync(path, '{"layer":"a"}'),
    () => copyFileSync(otherPath, path),
    () => symlinkSync(otherPath, path),
    () => mkdirSync(join(path, 'junk'), { recursive: true }),
  ];

  for (const make of junk) {
    make();
    expect(await store.records.get(KEY)).toBeUndefined();
    await store.records.put(KEY, { layer: 'good' });
    expect(await store.records.get(KEY)).toEqual({ layer: 'good' });
    rmSync(path, { recursive: true });
  }
});

test('a record costs as little among many as alone', async () => {
  const store = await temporaryStore();
  await store.records.put(KEY, { layer: 'good' });
  const ask = async () => {
    const again = await temporaryStore(store.root);
    return countFsCalls(async () => {
      expect(await again.records.get(KEY)).toEqual({ layer: 'good' });
      expect(await again.records.get(OTHER)).toBeUndefined();
    });
  };
  const alone = await ask();
  for (let index = 0; index < 1_000; index += 1) await store.records.put(digestOf(`${index}`), { index });

  expect(await ask()).toEqual(alone);
  // The first use begins a lease, and marks the record.
  expect(alone).toEqual({ lstatSync: 2, lutimesSync: 1, mkdirSync: 1, readFileSync: 1 });
});
