import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf, SizeMismatchError } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { temporaryStore, textOf } from '../test/temporary-store.ts';
import type { Store } from './index.ts';

function scratchOf(store: Store): string[] {
  return readdirSync(join(store.root, 'tmp')).flatMap((name) => readdirSync(join(store.root, 'tmp', name)));
}

test.each([
  ['small pieces', 100, 30_000],
  ['pieces of a buffer', 262_144, 4],
  ['pieces larger than a buffer', 1_000_003, 3],
  ['uneven pieces', 99_991, 31],
])('a blob written in %s is stored whole', async (_, pieceSize, count) => {
  const store = await temporaryStore();
  const piece = Buffer.alloc(pieceSize, 'abcdefg');
  await using ingest = await store.blobs.ingest();
  for (let index = 0; index < count; index += 1) await ingest.write(piece);

  const { digest, size } = await ingest.commit();

  const expected = Buffer.alloc(pieceSize * count, piece);
  expect(size).toBe(expected.length);
  expect(digest).toBe(digestOf(expected));
  expect(await textOf(await store.blobs.fetch({ mediaType: '', digest, size }))).toBe(expected.toString());
  expect(scratchOf(store)).toEqual([]);
});

test('small and large pieces keep their order', async () => {
  const store = await temporaryStore();
  const pieces = [10, 300_000, 131_072, 7, 131_071, 200_000, 262_144, 1].map((size, at) => Buffer.alloc(size, `${at}`));
  await using ingest = await store.blobs.ingest();
  for (const piece of pieces) await ingest.write(piece);

  const { digest, size } = await ingest.commit();

  expect(size).toBe(1_024_305);
  expect(digest).toBe(digestOf(Buffer.concat(pieces)));
  const stored = await textOf(await store.blobs.fetch({ mediaType: '', digest, size }));
  expect(stored === Buffer.concat(pieces).toString()).toBe(true);
});

test('bytes may be reused after a write', async () => {
  const store = await temporaryStore();
  const reused = Buffer.alloc(300_000);
  await using ingest = await store.blobs.ingest();
  for (const fill of 'abc') {
    reused.fill(fill);
    await ingest.write(reused);
  }

  const { digest } = await ingest.commit();

  expect(digest).toBe(digestOf('a'.repeat(300_000) + 'b'.repeat(300_000) + 'c'.repeat(300_000)));
});

test('an ingest that is not committed leaves nothing', async () => {
  const store = await temporaryStore();
  {
    await using ingest = await store.blobs.ingest();
    await ingest.write(Buffer.alloc(1_000_000));
    expect(scratchOf(store)).toHaveLength(1);
  }

  expect(scratchOf(store)).toEqual([]);
  expect(await store.blobs.stat(digestOf(Buffer.alloc(1_000_000)))).toBeUndefined();
});

test('a commit that disagrees with what is expected leaves nothing', async () => {
  const store = await temporaryStore();
  await using ingest = await store.blobs.ingest();
  await ingest.write(Buffer.alloc(1_000_000));

  await expect(ingest.commit({ size: 999_999 })).rejects.toThrow(SizeMismatchError);

  expect(scratchOf(store)).toEqual([]);
  expect(() => ingest.write(Buffer.from('more'))).toThrow('write to an ingest that has ended');
});
