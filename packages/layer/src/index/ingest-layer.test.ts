import { digestOf, toDiffId } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { streamOf } from '../../test/archive.ts';
import { directory, file, hardlink, writeLayer } from '../../test/entries.ts';
import { MemoryIngest } from '../../test/memory-ingest.ts';
import { ingestLayer } from './ingest-layer.ts';

const ITEMS = [directory('d'), file('d/a', 'hello'), hardlink('d/b', 'd/a'), file('empty')];

test.each([1, 512, 1_000_000])('a tar in pieces of %i is kept and described in one pass', async (chunkBytes) => {
  const { layer, tar } = await writeLayer(ITEMS);
  const ingest = new MemoryIngest();

  expect(await ingestLayer(streamOf(tar, chunkBytes), ingest, { diffId: layer.diffId })).toEqual(layer);
  expect(ingest.bytes).toEqual(tar);
});

test('a tar that is not what was asked for is refused', async () => {
  const { tar } = await writeLayer(ITEMS);

  const ingest = new MemoryIngest();
  const other = toDiffId(digestOf('other'));

  await expect(ingestLayer(streamOf(tar), ingest, { diffId: other })).rejects.toThrow(other);
  expect(ingest.isCommitted).toBe(false);
});
