import { spawnSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { header, streamOf } from '../../test/archive.ts';
import { decompress } from '../compression/decompress.ts';
import { indexLayer } from '../index/layer-indexer.ts';

const ZEROS = Buffer.alloc(100 * 1024 * 1024);

test.each([
  ['gzip', (): Buffer => gzipSync(ZEROS)],
  ['zstd', (): Buffer => spawnSync('zstd', ['-c'], { input: ZEROS }).stdout],
  ['bzip2', (): Buffer => spawnSync('bzip2', ['-c'], { input: ZEROS }).stdout],
  ['xz', (): Buffer => spawnSync('xz', ['-0c'], { input: ZEROS }).stdout],
])('a %s bomb stops at its ratio, long before its end', async (_name, make) => {
  const bomb = make();
  let bytes = 0;
  const exploding = async (): Promise<void> => {
    for await (const piece of decompress(streamOf(bomb), { maxRatio: 100 })) bytes += piece.length;
  };

  await expect(exploding()).rejects.toThrow('it expands to more than 100 times its size');
  expect(bytes).toBeLessThan(40 * 1024 * 1024);
});

test('a bomb in a layer ends the indexing of it', async () => {
  const tar = Buffer.concat([header({ name: 'zeros', size: ZEROS.length }), ZEROS]);

  await expect(indexLayer(decompress(streamOf(gzipSync(tar)), { maxBytes: 50_000_000 }))).rejects.toThrow(
    'compressed data refused: it expands to more than 50000000 bytes',
  );
});
