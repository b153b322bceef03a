import { digestFromHex } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { actionStdout, encodeActionResult } from './action-result.ts';

test('the message is what protoc writes', () => {
  const digest = digestFromHex('ab'.repeat(32));
  const message = encodeActionResult({ stdout: Buffer.from('hello'), blobs: [{ digest, size: 300 }] });

  const hash = Buffer.from('ab'.repeat(32)).toString('hex');
  // output_files { path, digest { hash, size_bytes: 300 } }, stdout_raw
  expect(message.toString('hex')).toBe(`128901${`0a40${hash}`}1245${`0a40${hash}10ac02`}2a0568656c6c6f`);
});

test('what a message carries is found behind everything else, large or small', () => {
  const digest = digestFromHex('0'.repeat(64));
  const stdout = Buffer.alloc(100_000, 'x');
  const message = encodeActionResult({ stdout, blobs: Array(50).fill({ digest, size: 2 ** 40 }) });

  expect(actionStdout(message)?.equals(stdout)).toBe(true);
});

test.each([
  ['nothing', ''],
  ['text', Buffer.from('<html>').toString('hex')],
  ['a length beyond the end', '2aff0168656c'],
  ['a number that does not end', '2affffffffffffffffffff'],
])('%s carries nothing', (_, hex) => {
  expect(actionStdout(Buffer.from(hex, 'hex'))).toBeUndefined();
});
