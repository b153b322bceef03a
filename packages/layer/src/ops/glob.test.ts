import { expect, test } from 'vitest';
import { compileGlob, hasWildcard } from './glob.ts';

test.each([
  ['*.txt', 'a.txt', true],
  ['*.txt', '.b.txt', true],
  ['*.txt', 'd/a.txt', false],
  ['*', 'back\\slash', true],
  ['f?.t', 'f1.t', true],
  ['f?.t', 'f10.t', false],
  ['?', '/', false],
  ['?', '😀', true],
  ['f[1-2].t', 'f2.t', true],
  ['f[1-2].t', 'f3.t', false],
  ['f[^1].t', 'f2.t', true],
  ['f[^1].t', 'f1.t', false],
  ['arr[[]0].txt', 'arr[0].txt', true],
  ['arr[0].txt', 'arr[0].txt', false],
  ['[a-c]', 'B', false],
  ['[\\]]', ']', true],
  ['[z-a]', 'm', false],
  ['s\\*r', 's*r', true],
  ['s\\*r', 'sir', false],
  ['**', 'a', true],
  ['a**b', 'a/b', false],
  ['', '', true],
])('%s against %s is %s', (pattern, name, expected) => {
  expect(compileGlob(pattern, { doubleStar: false })(name)).toBe(expected);
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

test.each(['[a', '[]', '[]a]', '[a-]', '[-a]', 'a\\', '[\\'])('%s is malformed', (pattern) => {
  expect(() => compileGlob(pattern, { doubleStar: false })).toThrow(
    expect.objectContaining({
      code: 'ERR_TSBUILD_COPY',
      message: `syntax error in pattern ${JSON.stringify(pattern)}`,
    }),
  );
});

test('a pattern of many stars takes no longer than its length says', () => {
  const matches = compileGlob(`${'*a'.repeat(40)}b`, { doubleStar: false });
  const start = performance.now();
  expect(matches('a'.repeat(255))).toBe(false);
  expect(performance.now() - start).toBeLessThan(2000);
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
