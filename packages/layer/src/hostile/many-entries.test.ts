import { expect, test } from 'vitest';
import { header, streamOf } from '../../test/archive.ts';
import { indexLayer } from '../index/layer-indexer.ts';
import { createTarParser } from '../tar/parser.ts';

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

test('a hundred thousand entries take less than a kilobyte each', async () => {
  const count = 100_000;
  async function* tar(): AsyncGenerator<Uint8Array> {
    for (let index = 0; index < count; index++) yield header({ name: `some/directory/file-${index}.txt` });
  }
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const { index } = await indexLayer(tar());

  expect(index.length / count).toBeLessThan(200);
  expect((process.memoryUsage().heapUsed - before) / count).toBeLessThan(1024);
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
