import { expect, test } from 'vitest';
import { compileGlob, hasWildcard } from './glob.ts';

test.each([
  ['*', '.hidden', true],
  ['*', 'a/b', false],
  ['*', 'back\\slash', true],
  ['a*', 'abc', true],
  ['*/f', 'd/f', true],
  ['*.txt', 'a.txt', true],
  ['*.txt', '.b.txt', true],
  ['*.txt', 'd/a.txt', false],
  ['**', 'a', true],
  ['**/f', 'd/f', true],
  ['**/f', 'f', false],
  ['**/f', 'a/b/f', false],
  ['a**b', 'a/b', false],
  ['a*a', 'a', false],
  ['f?.t', 'f1.t', true],
  ['f?.t', 'f10.t', false],
  ['?', 'ä', true],
  ['?', '😀', true],
  ['?', '/', false],
  ['[a-c]x', 'bx', true],
  ['[a-c]', 'B', false],
  ['[^a-c]x', 'bx', false],
  ['[^a-c]x', 'dx', true],
  ['[^a]', '/', true],
  ['[z-a]', 'm', false],
  ['f[1-2].t', 'f2.t', true],
  ['f[1-2].t', 'f3.t', false],
  ['f[^1].t', 'f2.t', true],
  ['f[^1].t', 'f1.t', false],
  ['arr[0].txt', 'arr[0].txt', false],
  ['arr[[]0].txt', 'arr[0].txt', true],
  ['[\\]]', ']', true],
  ['\\*', '*', true],
  ['\\*', 'a', false],
  ['s\\*r', 's*r', true],
  ['s\\*r', 'sir', false],
  ['a{b,c}', 'ab', false],
  ['', '', true],
  ['', 'a', false],
])('%s against %s is %s', (pattern, text, expected) => {
  expect(compileGlob(pattern, { doubleStar: false })(text)).toBe(expected);
});

test.each([
  ['**/f', 'f', true],
  ['**/f', 'a/b/f', true],
  ['**/f', 'a/bf', false],
  ['a/**', 'a/b/c', true],
  ['a/**', 'ab', false],
  ['a/**/c', 'a/c', true],
  ['a/**/c', 'a/x/y/c', true],
  ['a/**/c', 'a/xc', false],
  ['**/*.md', 'x/y/z.md', true],
  ['**/*.md', 'x/y/z.mdx', false],
  ['**', 'a/b', true],
])('%s with double stars against %s is %s', (pattern, path, expected) => {
  expect(compileGlob(pattern, { doubleStar: true })(path)).toBe(expected);
});

test.each(['[', '[a', 'a[', '[]', '[]a]', '[a-]', '[-a]', '[\\', 'a\\'])('%s is malformed', (pattern) => {
  expect(() => compileGlob(pattern, { doubleStar: false })).toThrow(
    expect.objectContaining({
      code: 'ERR_TSBUILD_PATTERN',
      message: `syntax error in pattern ${JSON.stringify(pattern)}`,
    }),
  );
});

test.each([
  ['*a'.repeat(1000), 'a'.repeat(999)],
  [`${'*'.repeat(5000)}?`, '/'.repeat(1000)],
  [`${'**/'.repeat(1000)}b?`, 'a/'.repeat(500)],
])('many wildcards take no longer than their number says', (pattern, text) => {
  expect(compileGlob(pattern, { doubleStar: true })(text)).toBe(false);
});

test.each([
  ['a*', true],
  ['a?', true],
  ['[a', true],
  ['a\\*', false],
  ['plain', false],
])('%s has a wildcard: %s', (pattern, expected) => {
  expect(hasWildcard(pattern)).toBe(expected);
});
