import { expect, test } from 'vitest';
import { parseDockerignore } from './dockerignore.ts';

const FILES = [
  'a.txt',
  'b.md',
  'dir',
  'dir/a.txt',
  'dir/c.log',
  'dir/deep',
  'dir/deep/a.txt',
  'dir/deep/d.log',
  'other',
  'other/x',
];

test.each([
  ['a name matches at the top only', 'a.txt\n*.log', ['a.txt']],
  ['a name takes all that is below along', 'dir', FILES.filter((path) => path.startsWith('dir'))],
  ['letter case counts', 'A.TXT', []],
  ['comments, blank lines and blanks around', '# a.txt\n\n  b.md  \n\t\n  # x\na.txt#', ['b.md']],
  ['a star stops at a slash', '*/a.txt\nother*', ['dir/a.txt', 'other', 'other/x']],
  ['two stars do not', '**/a.txt\n**/*.log', ['a.txt', 'dir/a.txt', 'dir/c.log', 'dir/deep/a.txt', 'dir/deep/d.log']],
  ['? and classes', '?.txt\ndir/[b-d].log', ['a.txt', 'dir/c.log']],
  ['a negated class', 'dir/[^c].log\n[^a].*', ['b.md']],
  [
    'a slash before and after means nothing',
    '/a.txt/\n/dir/deep/',
    ['a.txt', 'dir/deep', 'dir/deep/a.txt', 'dir/deep/d.log'],
  ],
  ['. and .. are cleaned', './a.txt\ndir/../b.md', ['a.txt', 'b.md']],
  ['an escape', '\\a.txt\n\\*.md', ['a.txt']],
  ['a byte order mark and CRLF', '\ufeffa.txt\r\nb.md\r\n', ['a.txt', 'b.md']],
  ['everything', '*', FILES],
  ['an exception of one file', 'dir\n!dir/deep/a.txt', ['dir', 'dir/a.txt', 'dir/c.log', 'dir/deep', 'dir/deep/d.log']],
  ['the last line that matches wins', '!a.txt\n*.txt\n!b.md', ['a.txt']],
  [
    'exceptions of exceptions',
    '*\n!dir\ndir/deep\n!dir/deep/d.log',
    ['a.txt', 'b.md', 'dir/deep', 'dir/deep/a.txt', 'other', 'other/x'],
  ],
  ['a blank after the mark', '*\n! dir', ['a.txt', 'b.md', 'other', 'other/x']],
  [
    'two stars with an exception',
    '**\n!**/*.txt',
    ['b.md', 'dir', 'dir/c.log', 'dir/deep', 'dir/deep/d.log', 'other', 'other/x'],
  ],
  ['two stars at the end match below only', 'dir/deep/**', ['dir/deep/a.txt', 'dir/deep/d.log']],
  ['two stars within a name', 'd**p/a.txt', []],
  ['two stars before a name without a slash', '**.txt', ['a.txt', 'dir/a.txt', 'dir/deep/a.txt']],
])('%s', (_, text, ignored) => {
  const matcher = parseDockerignore(text);
  expect(FILES.filter((path) => matcher.ignores(path))).toEqual(ignored);
});

test('the order of the questions does not matter', () => {
  const text = 'dir\n!dir/deep\ndir/deep/*.log\n';
  const inOrder = FILES.map((path) => parseDockerignore(text).ignores(path));
  const matcher = parseDockerignore(text);
  expect(FILES.toReversed().map((path) => matcher.ignores(path))).toEqual(inOrder.toReversed());
});

test('the root is never ignored', () => {
  expect(['', '.'].map((path) => parseDockerignore('*\n.\n**').ignores(path))).toEqual([false, false]);
});

test.each([
  ['dir', 'dir', true],
  ['dir\n!dir/deep/a.txt', 'dir', false],
  ['dir\n!dir/deep/a.txt', 'dir/deep', false],
  ['dir\n!other/x', 'dir', true],
  ['*\n!dir/deep/a.txt', 'other', true],
  ['*\n!*/x', 'other', false],
  ['**\n!**/*.txt', 'dir', false],
  ['a', 'dir', false],
  ['dir\n!dir', 'dir', false],
])('with %j the walk may skip %s: %s', (text, directory, canSkip) => {
  expect(parseDockerignore(text).canSkip(directory)).toBe(canSkip);
});

test('it tells which line decided', () => {
  const matcher = parseDockerignore('# logs\n*.log\ndir\n!dir/keep\n');
  expect(matcher.explain('x.log')).toEqual({ isIgnored: true, pattern: '*.log', line: 2 });
  expect(matcher.explain('dir/a')).toEqual({ isIgnored: true, pattern: 'dir', line: 3 });
  expect(matcher.explain('dir/keep/a')).toEqual({ isIgnored: false, pattern: '!dir/keep', line: 4 });
  expect(matcher.explain('x')).toBeUndefined();
});

test.each(['[', 'a[', '[]a]', '[a-]', '[-x]', 'a\\', '!'])('the pattern %j is refused at its line', (pattern) => {
  const range = { start: { line: 2, column: 0 }, end: { line: 2, column: pattern.length } };
  expect(() => parseDockerignore(`x\n${pattern}\n`)).toThrow(expect.objectContaining({ range }));
});

test('patterns that would make a regular expression backtrack do not hurt', () => {
  const matcher = parseDockerignore(`${'*a'.repeat(30)}b\n${'**/a/'.repeat(30)}b\n${'a**'.repeat(30)}b\n`);
  expect(matcher.ignores('a'.repeat(255))).toBe(false);
  expect(matcher.ignores(`${'a/'.repeat(100)}a`)).toBe(false);
});
