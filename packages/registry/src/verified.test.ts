import { type ByteStream, DigestMismatchError, SizeMismatchError } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { blobOf, bytesFrom, noise, streamOf } from '../../../test/support/registry/sample-image.ts';
import { verified } from './verified.ts';

const BYTES = noise('verified', 10);
const BLOB = blobOf(BYTES);

/** What comes out before the end or the error, and the error. */
async function drain(stream: ByteStream): Promise<[number, unknown]> {
  let received = 0;
  try {
    for await (const bytes of stream) received += bytes.byteLength;
    return [received, undefined];
  } catch (error) {
    return [received, error];
  }
}

test('right bytes pass unchanged, in any chunks', async () => {
  for (const chunk of [1, 3, 10, 100]) {
    expect((await bytesFrom(verified(streamOf(BYTES, chunk), BLOB))).equals(BYTES)).toBe(true);
  }
  expect(await bytesFrom(verified(streamOf(Buffer.alloc(0)), blobOf(Buffer.alloc(0))))).toHaveLength(0);
});

test.each([
  ['too few bytes', BYTES.subarray(0, 9), SizeMismatchError],
  ['too many bytes', Buffer.concat([BYTES, BYTES]), SizeMismatchError],
  ['other bytes', noise('other', 10), DigestMismatchError],
  ['no bytes', Buffer.alloc(0), SizeMismatchError],
])('%s are an error before the last chunk', async (_, bytes, kind) => {
  const [received, error] = await drain(verified(streamOf(bytes, 3), BLOB));
  expect(error).toBeInstanceOf(kind);
  expect(received).toBeLessThan(BLOB.size);
});

test('the source is left when the reader leaves', async () => {
  let isLeft = false;
  async function* source(): ByteStream {
    try {
      for (;;) yield Buffer.alloc(1);
    } finally {
      isLeft = true;
    }
  }
  for await (const _ of verified(source(), { ...BLOB, size: 1000 })) break;
  expect(isLeft).toBe(true);
});
