import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type ByteStream, UsageError } from '@tsbuild/core';
import { compress as compressInThreads } from '@tsbuild/layer';
import { expect, test } from 'vitest';
import { collect, streamOf } from '../../test/archive.ts';
import { compress } from './compress.ts';

/** Text, bytes that do not compress, and text again: 5 MB, the same everywhere. */
const MIXED = Buffer.concat([
  Buffer.alloc(1_500_000, 'the quick brown fox jumps over the lazy dog\n'),
  noise(2_000_000),
  Buffer.alloc(1_500_001, 'again '),
]);

function noise(bytes: number): Buffer {
  const parts: Buffer[] = [];
  for (let index = 0; index * 32 < bytes; index++) parts.push(createHash('sha256').update(String(index)).digest());
  return Buffer.concat(parts).subarray(0, bytes);
}

function decompressWith(command: string, bytes: Buffer): Buffer {
  return spawnSync(command, ['-dc'], { input: bytes, maxBuffer: 100_000_000 }).stdout;
}

test('gzip output is one member that every reader takes', async () => {
  const compressed = await collect(compress(streamOf(MIXED, 100_000), { compression: 'gzip' }));

  expect(compressed.subarray(0, 10).toString('hex')).toBe('1f8b08000000000000ff');
  expect(gunzipSync(compressed).equals(MIXED)).toBe(true);
  expect(decompressWith('gzip', compressed).equals(MIXED)).toBe(true);
});

test('zstd output is frames that every reader takes', async () => {
  const compressed = await collect(compress(streamOf(MIXED, 100_000), { compression: 'zstd' }));

  expect(decompressWith('zstd', compressed).equals(MIXED)).toBe(true);
});

test.each(['gzip', 'zstd'] as const)('%s output depends neither on chunks nor on threads', async (compression) => {
  const oneThread = await collect(compress(streamOf(MIXED), { compression }));
  const smallChunks = await collect(compress(streamOf(MIXED, 77_777), { compression }));
  const manyThreads = await collect(compressInThreads(streamOf(MIXED, 1_000_000), { compression }));

  expect(smallChunks.equals(oneThread)).toBe(true);
  expect(manyThreads.equals(oneThread)).toBe(true);
});

test('nothing is a valid member too', async () => {
  const compressed = await collect(compress(streamOf(Buffer.alloc(0)), { compression: 'gzip' }));

  expect(compressed.toString('hex')).toBe(`1f8b08000000000000ff${'0300'}${'00000000'}${'00000000'}`);
  expect(gunzipSync(compressed)).toEqual(Buffer.alloc(0));
});

test('blocks that do not compress are stored', async () => {
  const random = noise(3_000_000);
  const compressed = await collect(compress(streamOf(random), { compression: 'gzip' }));

  expect(compressed.length - random.length).toBeLessThan(500);
  expect(gunzipSync(compressed).equals(random)).toBe(true);
});

test('ordinary data takes at most 1.05 times what gzip -6 gives', async () => {
  const program = readFileSync(process.execPath).subarray(0, 8_000_000);
  const compressed = await collect(compress(streamOf(program), { compression: 'gzip' }));

  expect(compressed.length).toBeLessThan(1.05 * gzipSync(program, { level: 6 }).length);
});

test('levels are those of the formats', async () => {
  const size = async (compression: 'gzip' | 'zstd', level: number): Promise<number> =>
    (await collect(compress(streamOf(MIXED), { compression, level }))).length;

  expect(await size('gzip', 9)).toBeLessThan(await size('gzip', 1));
  await expect(size('gzip', 10)).rejects.toThrow(UsageError);
  await expect(size('zstd', 0)).rejects.toThrow('compression level 0 is not a whole number from 1 to 22, as zstd has');
});

test('an error of the source and a signal end it', async () => {
  async function* failing(): ByteStream {
    yield MIXED;
    throw new Error('disk error');
  }
  const signal = AbortSignal.abort(new Error('enough'));

  await expect(collect(compress(failing(), { compression: 'gzip' }))).rejects.toThrow('disk error');
  await expect(collect(compress(streamOf(MIXED), { compression: 'gzip', signal }))).rejects.toThrow('enough');
});
