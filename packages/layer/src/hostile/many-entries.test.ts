import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { header, streamOf } from '../../test/archive.ts';
import { decompress } from '../compression/decompress.ts';
import { createLayerIndexer, indexLayer } from '../index/layer-indexer.ts';
import { createTarParser } from '../tar/parser.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** What is in use, without garbage. Buffers are freed by another thread after a collection, and counted when it has. */
async function bytesHeld(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** One header again and again. */
async function* repeated(block: Buffer, count: number): AsyncGenerator<Uint8Array> {
  const batch = Buffer.concat(Array.from({ length: 1000 }, () => block));
  for (let sent = 0; sent < count; sent += 1000) yield batch;
}

test('more entries than the limit are refused when the limit is reached', async () => {
  let blocks = 0;
  const parser = createTarParser({ entry: () => blocks++, content: () => undefined }, { maxEntries: 1000 });
  const batch = Buffer.concat(Array.from({ length: 1001 }, () => header({ name: 'f' })));

  expect(() => parser.push(batch)).toThrow('it has more than 1000 entries');
  expect(blocks).toBe(1000);
});

test('headers that are no entries count too', async () => {
  const comment = Buffer.concat([header({ name: 'x', type: 'x', size: 0 })]);

  await expect(indexLayer(repeated(comment, 10_000), { maxEntries: 5000 })).rejects.toThrow('more than 5000 entries');
});

test('a hundred thousand entries take less than half a kilobyte each', async () => {
  const count = 100_000;
  const indexer = createLayerIndexer();
  const before = await bytesHeld();

  for (let sent = 0; sent < count; sent++) indexer.push(header({ name: `some/directory/with-file-${sent}.txt` }));

  expect(((await bytesHeld()) - before) / count).toBeLessThan(512);
  expect(indexer.finish().index.length / count).toBeLessThan(200);
});

/** The suite's short form; `TSBUILD_TEST_ENTRIES=4000000` is as long as it may get. */
const ENTRIES = Number(process.env.TSBUILD_TEST_ENTRIES ?? 100_000);

test(`${ENTRIES} tiny entries that take few bytes to send take little memory when they are of one name`, async () => {
  const kind = { f: '0', d: '5', l: '2' };
  const headers = Object.entries(kind).map(([name, type]) => header({ name, type, link: type === '2' ? 'x' : '' }));
  const turns = header({ name: 'd/in' });
  const member = gzipSync(Buffer.concat(Array.from({ length: 250 }, () => [...headers, turns]).flat()));
  async function* sent(): AsyncGenerator<Uint8Array> {
    for (let entries = 0; entries < ENTRIES; entries += 1000) yield member;
  }
  const indexer = createLayerIndexer();
  const before = await bytesHeld();

  for await (const bytes of decompress(sent())) indexer.push(bytes);

  expect((await bytesHeld()) - before).toBeLessThan(4 * 1024 * 1024);
  expect((member.length * ENTRIES) / 1000).toBeLessThan(ENTRIES * 4);
  expect(indexer.finish().index.length).toBeLessThan(1000);
});

test('deep directories are no deeper than a path may be long', async () => {
  const deep = `${'d/'.repeat(2000)}f`;
  const long = Buffer.concat([
    header({ name: 'L', type: 'L', size: deep.length }),
    Buffer.concat([Buffer.from(deep), Buffer.alloc(512 - (deep.length % 512))]),
  ]);
  const tar = Buffer.concat([long, header({ name: 'f' }), header({ name: 'd', type: '2', link: 'x' })]);

  expect((await indexLayer(streamOf(tar))).index.length).toBeLessThan(300);
});
