import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { detectCompression } from './detect.ts';

test.each([
  ['gzip', gzipSync('x')],
  ['zstd', Buffer.from('28b52ffd2001', 'hex')],
  ['zstd', Buffer.from('5a2a4d180400000061626364', 'hex')],
  ['xz', Buffer.from('fd377a585a000004', 'hex')],
  ['bzip2', Buffer.from('BZh91AY&SY')],
  ['bzip2', Buffer.from('425a683917724538509000000000', 'hex')],
  ['none', Buffer.from('BZh9 is a fine name')],
  ['none', Buffer.from('1f8b', 'hex')],
  ['none', Buffer.from('')],
  ['none', Buffer.from('plain text')],
])('%s is told by its first bytes', (compression, start) => {
  expect(detectCompression(start)).toBe(compression);
});
