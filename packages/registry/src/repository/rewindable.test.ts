import { expect, test } from 'vitest';
import { bytesFrom, streamOf } from '../../../../test/support/registry/sample-image.ts';
import { createRewindable } from './rewindable.ts';

const TEXT = Buffer.from('abcdefghijklmnopqrstuvwxyz');
const read = async (stream: AsyncIterable<Uint8Array>): Promise<string> => (await bytesFrom(stream)).toString();

test('what was read can be read again, within the window', async () => {
  const source = createRewindable(streamOf(TEXT, 4), 8);
  expect(await read(source.read(0, 10))).toBe('abcdefghij');
  expect(await read(source.read(6, 4))).toBe('ghij');
  expect(await read(source.read(4, 18))).toBe('efghijklmnopqrstuv');
  expect(source.earliest).toBe(16);
  expect(await read(source.read(17, 100))).toBe('rstuvwxyz');
});

test('at least the window is kept, and little more', async () => {
  const source = createRewindable(streamOf(TEXT, 4), 6);
  await read(source.read(0, 26));
  expect(26 - source.earliest).toBeGreaterThanOrEqual(6);
  expect(26 - source.earliest).toBeLessThanOrEqual(6 + 4);
});

test('a source shorter than what is asked for just ends', async () => {
  const source = createRewindable(streamOf(TEXT.subarray(0, 3)), 8);
  expect(await read(source.read(0, 10))).toBe('abc');
  expect(await read(source.read(3, 10))).toBe('');
});

test('closing ends the source', async () => {
  let isClosed = false;
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield Buffer.from('x');
    } finally {
      isClosed = true;
    }
  }
  const source = createRewindable(endless(), 8);
  await read(source.read(0, 3));
  await source.close();
  expect(isClosed).toBe(true);
});
