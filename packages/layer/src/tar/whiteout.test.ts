import { UnsafePathError } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { opaqueName, whiteoutMeaning, whiteoutName } from './whiteout.ts';

test('whiteouts and opaque markers have reserved names', () => {
  expect(whiteoutName('a/b')).toBe('a/.wh.b');
  expect(whiteoutName('b')).toBe('.wh.b');
  expect(opaqueName('a')).toBe('a/.wh..wh..opq');
  expect(opaqueName('')).toBe('.wh..wh..opq');
});

test('reserved names are understood', () => {
  expect(whiteoutMeaning('a/.wh.b')).toEqual({ type: 'whiteout', path: 'a/b' });
  expect(whiteoutMeaning('a/.wh..wh..opq')).toEqual({ type: 'opaque', path: 'a' });
  expect(whiteoutMeaning('.wh..wh.plnk/1.2')).toEqual({ type: 'ignored' });
  expect(whiteoutMeaning('.wh..wh.aufs')).toEqual({ type: 'ignored' });
  expect(whiteoutMeaning('a/b.wh.c')).toBeUndefined();
});

test.each(['.wh.', 'a/.wh..', 'a/.wh...', '.wh.a/b'])('%s is refused', (path) => {
  expect(() => whiteoutMeaning(path)).toThrow(UnsafePathError);
});
