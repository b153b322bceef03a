import { UnsafePathError } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { cleanPath } from './entry-path.ts';

test.each([
  ['a/b', 'a/b'],
  ['/a/b', 'a/b'],
  ['./a/b/', 'a/b'],
  ['.//a/./b//c', 'a/b/c'],
  ['a/../b', 'b'],
  ['a/b/../../c', 'c'],
  ['./', ''],
  ['/', ''],
  ['.', ''],
  ['a/...', 'a/...'],
  ['.a/..b', '.a/..b'],
])('%s is %s', (name, path) => {
  expect(cleanPath(name)).toBe(path);
});

test.each(['..', '../a', '/../a', 'a/../../b', './../a'])('%s leaves the root', (name) => {
  expect(() => cleanPath(name)).toThrow(UnsafePathError);
});

test('ADD drops what leads out of the root', () => {
  expect(cleanPath('../../../evil', 'drop')).toBe('evil');
  expect(cleanPath('a/../../b', 'drop')).toBe('b');
});

test('a NUL is refused', () => {
  expect(() => cleanPath('a\0b')).toThrow('it holds a NUL');
});
