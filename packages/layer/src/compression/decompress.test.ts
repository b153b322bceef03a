import { execFile, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { type ByteStream, LayerError } from '@tsbuild/core';
import { afterEach, expect, test, vi } from 'vitest';
import { collect, streamOf } from '../../test/archive.ts';
import { decompress } from './decompress.ts';

const PLAIN = Buffer.from('some text, some more text, '.repeat(20_000));
const PATH = process.env.PATH;
afterEach(() => {
  process.env.PATH = PATH;
});

function compressWith(command: string): Buffer {
  return spawnSync(command, ['-c'], { input: PLAIN }).stdout;
}

test.each(['gzip', 'zstd', 'bzip2', 'xz'])('what %s made is read, in pieces of any size', async (command) => {
  const compressed = compressWith(command);

  expect((await collect(decompress(streamOf(compressed)))).equals(PLAIN)).toBe(true);
  expect((await collect(decompress(streamOf(compressed, 3)))).equals(PLAIN)).toBe(true);
});

test.each(['gzip', 'zstd', 'bzip2', 'xz', 'cat'])(
  'a source of %s may use one buffer for all its pieces',
  async (command) => {
    const long = randomBytes(1_000_000);
    const compressed = spawnSync(command, command === 'cat' ? [] : ['-c'], {
      input: long,
      maxBuffer: 2_000_000,
    }).stdout;
    async function* reusing(): AsyncGenerator<Uint8Array> {
      const buffer = Buffer.alloc(100_003);
      for (let at = 0; at < compressed.length; at += buffer.length) {
        yield buffer.subarray(0, compressed.copy(buffer, 0, at, at + buffer.length));
        buffer.fill(0);
      }
    }

    expect((await collect(decompress(reusing()))).equals(long)).toBe(true);
  },
);

test('plain bytes pass unchanged, however few', async () => {
  expect(await collect(decompress(streamOf(Buffer.from('plain text'), 1)))).toEqual(Buffer.from('plain text'));
  expect(await collect(decompress(streamOf(Buffer.from('x'))))).toEqual(Buffer.from('x'));
  expect(await collect(decompress(streamOf(Buffer.alloc(0))))).toEqual(Buffer.alloc(0));
});

test('gzip members and zstd frames in sequence are one stream', async () => {
  const members = Buffer.concat([gzipSync('one '), gzipSync('two '), gzipSync('three')]);
  const frames = Buffer.concat([
    compressWith('zstd'),
    Buffer.from('5a2a4d180400000061626364', 'hex'),
    compressWith('zstd'),
  ]);

  expect((await collect(decompress(streamOf(members, 5)))).toString()).toBe('one two three');
  expect((await collect(decompress(streamOf(frames, 1000)))).equals(Buffer.concat([PLAIN, PLAIN]))).toBe(true);
});

test.each(['gzip', 'zstd', 'bzip2', 'xz'])('cut and damaged %s data is an error', async (command) => {
  const compressed = compressWith(command);
  const damaged = Buffer.from(compressed);
  damaged.fill(0xff, 20, Math.min(60, compressed.length - 10));

  for (const bytes of [compressed.subarray(0, compressed.length - 9), compressed.subarray(0, 12), damaged]) {
    const error = await collect(decompress(streamOf(bytes))).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(LayerError);
    expect(error).toHaveProperty('code', 'ERR_TSBUILD_COMPRESSION');
  }
});

test('a missing tool is named', async () => {
  const compressed = compressWith('xz');
  process.env.PATH = '/nonexistent';

  await expect(collect(decompress(streamOf(compressed)))).rejects.toThrow('cannot read xz data: no xz command');
});

test('output beyond a limit is refused while it is made', async () => {
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));

  await expect(collect(decompress(streamOf(bomb), { maxBytes: 1_000_000 }))).rejects.toThrow('more than 1000000 bytes');
  await expect(collect(decompress(streamOf(bomb), { maxRatio: 100 }))).rejects.toThrow('more than 100 times its size');
});

test.each(['gzip', 'zstd', 'bzip2', 'xz'])('an error of the source of %s passes unchanged', async (command) => {
  const compressed = compressWith(command);
  async function* failing(): ByteStream {
    yield compressed.subarray(0, 50);
    throw new Error('connection lost');
  }

  await expect(collect(decompress(failing()))).rejects.toThrow('connection lost');
});

test.each(['gzip', 'zstd', 'bzip2', 'xz', 'cat'])('leaving %s early ends the source', async (command) => {
  const compressed = command === 'cat' ? PLAIN : compressWith(command);
  const ended = vi.fn();
  async function* endless(): ByteStream {
    try {
      yield compressed;
      for (;;) yield Buffer.from('garbage follows');
    } finally {
      ended();
    }
  }

  for await (const _bytes of decompress(endless())) break;

  await vi.waitFor(() => expect(ended).toHaveBeenCalledOnce(), 30_000);
});

test('a signal stops it', async () => {
  const controller = new AbortController();
  const reading = async (): Promise<void> => {
    for await (const _bytes of decompress(streamOf(gzipSync(Buffer.alloc(4_000_000))), { signal: controller.signal })) {
      controller.abort(new Error('enough'));
    }
  };

  await expect(reading()).rejects.toThrow('enough');
});

test('zstd of the highest level of the command is read', async () => {
  const { stdout } = await promisify(execFile)(
    'sh',
    ['-c', 'head -c 300000 /dev/zero | zstd -19 -c | od -An -v -tx1'],
    {
      maxBuffer: 10_000_000,
    },
  );
  const compressed = Buffer.from(stdout.replace(/\s/g, ''), 'hex');

  expect((await collect(decompress(streamOf(compressed)))).equals(Buffer.alloc(300_000))).toBe(true);
});
