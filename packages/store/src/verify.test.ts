import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf, MEDIA_TYPES, toDiffId } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { streamOf, temporaryStore } from '../test/temporary-store.ts';
import type { Store } from './index.ts';

const KEY = digestOf('key');
const BLOB = { mediaType: MEDIA_TYPES.ociManifest, digest: digestOf('{}'), size: 2 };

async function fill(store: Store): Promise<void> {
  await store.blobs.push(BLOB, streamOf('{}'));
  await store.layers.put({ diffId: toDiffId(digestOf('tar')), forms: [] });
  await store.trees.put(digestOf('tar'), Buffer.from('index'));
  await store.records.put(KEY, {});
  await store.records.putIngredients(KEY, Buffer.from('files'));
  await store.records.putLineage('step', KEY);
  await store.references.tag(BLOB, 'app');
}

function flip(path: string): void {
  const bytes = readFileSync(path);
  bytes[0] = (bytes[0] ?? 0) ^ 0x10;
  writeFileSync(path, bytes);
}

const hex = (digest: string) => digest.slice(7);

test('an undamaged store has no problems', async () => {
  const store = await temporaryStore();
  expect(await store.verify()).toEqual({ blobs: 0, bytes: 0, records: 0, problems: [] });

  await fill(store);

  expect(await store.verify()).toEqual({ blobs: 1, bytes: 2, records: 6, problems: [] });
});

test.each([
  `blobs/sha256/${hex(BLOB.digest)}`,
  `layers/${hex(digestOf('tar'))}`,
  `trees/${hex(digestOf('tar'))}`,
  `cache/2c/${hex(KEY)}`,
  `ingredients/2c/${hex(KEY)}`,
  `lineage/3e/${hex(digestOf('step'))}`,
  `refs/${hex(digestOf('docker.io/library/app:latest'))}`,
])('a flipped byte in %s is found, and gone after a repair', async (path) => {
  const store = await temporaryStore();
  await fill(store);
  flip(join(store.root, path));
  const isBlob = path.startsWith('blobs');

  const { problems } = await store.verify();

  expect(problems).toEqual([{ path, kind: 'damaged' }]);
  await store.verify({ repair: true });
  expect((await store.verify()).problems).toEqual([]);
  expect((await store.references.list()).length).toBe(isBlob || path.startsWith('refs') ? 0 : 1);
});

test('a name whose image is missing is found', async () => {
  const store = await temporaryStore();
  await fill(store);
  await store.blobs.remove(BLOB.digest);

  expect((await store.verify()).problems).toEqual([{ path: 'docker.io/library/app:latest', kind: 'dangling' }]);
});

test('things that tsbuild did not put there are told apart from damage', async () => {
  const store = await temporaryStore();
  await fill(store);
  writeFileSync(join(store.root, 'blobs/sha256/notes.txt'), '');
  symlinkSync('/etc/passwd', join(store.root, 'blobs/sha256', '0'.repeat(64)));
  mkdirSync(join(store.root, 'layers', '1'.repeat(64)));

  expect((await store.verify({ repair: true })).problems).toEqual(
    expect.arrayContaining([
      { path: `blobs/sha256/${'0'.repeat(64)}`, kind: 'damaged' },
      { path: 'blobs/sha256/notes.txt', kind: 'foreign' },
      { path: `layers/${'1'.repeat(64)}`, kind: 'damaged' },
    ]),
  );
  expect((await store.verify()).problems).toEqual([{ path: 'blobs/sha256/notes.txt', kind: 'foreign' }]);
});
