import { expect, test } from 'vitest';
import { matchGlob } from './glob-match.ts';

test.each([
  ['*', '.hidden', true],
  ['*', 'a/b', false],
  ['a*', 'abc', true],
  ['*/f', 'd/f', true],
  ['**/f', 'd/f', true],
  ['**/f', 'f', false],
  ['**/f', 'a/b/f', false],
  ['?', 'ä', true],
  ['?', '😀', true],
  ['?', '/', false],
  ['[a-c]x', 'bx', true],
  ['[^a-c]x', 'bx', false],
  ['[^a-c]x', 'dx', true],
  ['arr[0].txt', 'arr[0].txt', false],
  ['arr[[]0].txt', 'arr[0].txt', true],
  ['[\\]]', ']', true],
  ['\\*', '*', true],
  ['\\*', 'a', false],
  ['a{b,c}', 'ab', false],
  ['', '', true],
])('%s and %s', (pattern, name, matches) => {
  expect(matchGlob(pattern, name)).toBe(matches);
});

test.each(['[', '[a', '[a-]', '[]', 'x\\'])('%j is malformed', (pattern) => {
  expect(() => matchGlob(pattern, 'x')).toThrow('syntax error in pattern');
});
