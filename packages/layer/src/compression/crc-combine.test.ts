import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { combineCrc32 } from './crc-combine.ts';

test.each([0, 1, 5, 65_536, 1_000_003])(
  'the CRC of two parts, the second of %i bytes, is that of the whole',
  (length) => {
    const first = Buffer.from('first part');
    const second = Buffer.alloc(length, 'second');

    expect(combineCrc32(crc32(first), crc32(second), length)).toBe(crc32(Buffer.concat([first, second])));
  },
);
