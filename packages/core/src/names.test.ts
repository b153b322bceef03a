import { expect, test } from 'vitest';
import { decodeName, encodeName, hasEscapedBytes, toFsPath } from './names.ts';

test.each([
  [[0x61, 0x62], 'ab'],
  [[0xc3, 0xbc], 'ü'],
  [[0xf0, 0x9f, 0x98, 0x80], '😀'],
  [[0xef, 0xbf, 0xbd], '\uFFFD'],
  [[0xff], '\uDCFF'],
  [[0x61, 0xe9, 0x62], 'a\uDCE9b'],
  [[0xc3, 0x28], '\uDCC3('],
  [[0xed, 0xa0, 0x80], '\uDCED\uDCA0\uDC80'],
  [[0xef, 0xbf, 0xbd, 0xff], '\uFFFD\uDCFF'],
])('the bytes %j are the name %j, and back', (bytes, name) => {
  expect(decodeName(Uint8Array.from(bytes))).toBe(name);
  expect([...encodeName(name)]).toEqual(bytes);
});

test('only names that are not UTF-8 reach the file system as bytes', () => {
  expect(toFsPath('ü')).toBe('ü');
  expect(toFsPath('a\uDCE9')).toEqual(Buffer.from([0x61, 0xe9]));
  expect(hasEscapedBytes('😀')).toBe(false);
  expect(hasEscapedBytes('\uDC80')).toBe(true);
});
