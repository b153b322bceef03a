import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf, MEDIA_TYPES, toDiffId } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { streamOf, temporaryStore } from '../test/temporary-store.ts';
import type { LayerRecord } from './index.ts';
import { sealJson } from './sealed.ts';

const DIFF_ID = toDiffId(digestOf('tar'));
const FORM = {
  mediaType: MEDIA_TYPES.ociLayerGzip,
  digest: digestOf('gzip'),
  size: 4,
  compression: 'gzip' as const,
  level: 6,
};
const RECORD = { diffId: DIFF_ID, contentId: digestOf('content'), size: 3, forms: [FORM] } satisfies LayerRecord;

test('a layer record says which of its blobs are there', async () => {
  const store = await temporaryStore();
  await store.layers.put(RECORD);
  expect(await store.layers.get(DIFF_ID)).toEqual({ ...RECORD, forms: [], hasTar: false });

  await store.blobs.push(FORM, streamOf('gzip'));
  expect(await store.layers.get(DIFF_ID)).toEqual({ ...RECORD, hasTar: false });

  await store.blobs.push({ mediaType: MEDIA_TYPES.ociLayer, digest: DIFF_ID, size: 3 }, streamOf('tar'));
  await store.blobs.remove(FORM.digest);
  expect(await store.layers.get(DIFF_ID)).toEqual({ ...RECORD, forms: [], hasTar: true });
});

test('nothing is known of a layer without a record', async () => {
  const store = await temporaryStore();

  expect(await store.layers.get(DIFF_ID)).toBeUndefined();
});

test('updates of one record do not lose each other', async () => {
  const store = await temporaryStore();
  const other = await temporaryStore(store.root);
  const add = (digest: string) => (record: LayerRecord) => ({
    ...record,
    forms: [...record.forms, { ...FORM, digest: digestOf(digest), size: digest.length }],
  });

  await Promise.all(
    ['a', 'bb', 'ccc', 'dddd'].map(async (text, index) => {
      await store.blobs.push({ mediaType: '', digest: digestOf(text), size: text.length }, streamOf(text));
      await (index % 2 === 0 ? store : other).layers.update(DIFF_ID, add(text));
    }),
  );

  const sizes = (await store.layers.get(DIFF_ID))?.forms.map(({ size }) => size).sort();
  expect(sizes).toEqual([1, 2, 3, 4]);
});

test('a record of another layer, version or shape is a miss', async () => {
  const store = await temporaryStore();
  const name = `layers/${DIFF_ID.slice(7)}`;
  await store.layers.put(RECORD);
  const strange = [
    null,
    [],
    { ...RECORD },
    { v: 2, ...RECORD },
    { v: 1, ...RECORD, diffId: digestOf('other') },
    { v: 1, ...RECORD, forms: 'none' },
    { v: 1, ...RECORD, forms: [null] },
    { v: 1, ...RECORD, forms: [{ ...FORM, digest: '../../etc/passwd' }] },
  ];

  for (const value of strange) {
    writeFileSync(join(store.root, name), sealJson(name, value));
    expect(await store.layers.get(DIFF_ID)).toBeUndefined();
  }
});
