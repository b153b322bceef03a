import { expect, test } from 'vitest';
import { compilePathPattern } from './path-pattern.ts';

test.each([
  ['dir', 'dir', true],
  ['dir', 'dir/a', false],
  ['*.md', 'sub/c.md', false],
  ['**/*.md', 'sub/c.md', true],
  ['dir/**', 'dir/a/b', true],
  ['dir/**', 'dir', false],
  ['di**', 'dir/a', true],
  ['**/f', 'f', true],
  ['**/f', 'a/bf', false],
  ['**.txt', 'a/b.txt', true],
  ['**', 'any/thing', true],
  ['d**p/a', 'deep/a', false],
])('%s matches %s: %s', (pattern, path, expected) => {
  expect(compilePathPattern(pattern, { isException: false }).matches(path)).toBe(expected);
});

test.each([
  ['a/b/*.c', 'a', true],
  ['a/b/*.c', 'a/b', true],
  ['a/b/*.c', 'a/x', false],
  ['a/b', 'ab', false],
  ['a/b', 'a/b', false],
  ['*/x', 'other', true],
  ['*/x', 'other/deep', false],
  ['**/x', 'any/where', true],
  ['[a]/x', 'b', true],
])('%s can match below %s: %s', (pattern, directory, expected) => {
  expect(compilePathPattern(pattern, { isException: false }).canMatchBelow(directory)).toBe(expected);
});
