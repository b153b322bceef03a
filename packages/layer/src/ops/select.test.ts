import type { FileTree } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { treeOf } from '../../test/recorded-layer.ts';
import { selectSources } from './select.ts';
import type { SelectSpec } from './selection.ts';
import type { SourceNotFoundError } from './source-not-found.ts';

const files = treeOf({
  Dockerfile: '',
  'a.txt': 'a',
  '.b.txt': 'b',
  'd/e.txt': 'e',
  'd/s/g.txt': 'g',
  'd/s/h.md': 'h',
  'empty/': {},
  link: { symlink: 'd/e.txt' },
  dirlink: { symlink: '/d/s' },
  outward: { symlink: '../../../d/e.txt' },
  dangling: { symlink: 'gone' },
  loop: { symlink: 'loop' },
});

/** Each source as `name: items`, passages in parentheses. */
function select(sources: readonly string[], spec: Omit<SelectSpec, 'sources'> = {}): string[] {
  return selectSources(files, { sources, ...spec }).sources.map(({ name, items }) => {
    const paths = [...items].map(({ path, entry, isPassage }) => (isPassage ? `(${path})` : path || `=${entry.path}`));
    return `${name}: ${paths.join(' ')}`;
  });
}

test.each([
  ['a.txt', 'a.txt: =a.txt'],
  ['/a.txt', 'a.txt: =a.txt'],
  ['../../a.txt', 'a.txt: =a.txt'],
  ['./d/../a.txt', 'a.txt: =a.txt'],
  ['a.txt/', 'a.txt: =a.txt'],
  ['d', 'd: e.txt s s/g.txt s/h.md'],
  ['d/.', 'd: e.txt s s/g.txt s/h.md'],
  ['empty', 'empty: '],
  ['link', 'link: =d/e.txt'],
  ['dirlink', 'dirlink: g.txt h.md'],
  ['dirlink/g.txt', 'g.txt: =d/s/g.txt'],
  ['outward', 'outward: =d/e.txt'],
])('%s selects %s', (source, expected) => {
  expect(select([source])).toEqual([expected]);
});

test.each([['.'], ['/'], [''], ['./']])('%j is the whole tree, links as links', (source) => {
  expect(select([source])).toEqual([
    ': .b.txt Dockerfile a.txt d d/e.txt d/s d/s/g.txt d/s/h.md dangling dirlink empty link loop outward',
  ]);
});

test.each([
  ['*.txt', ['.b.txt: =.b.txt', 'a.txt: =a.txt']],
  ['*/e.txt', ['e.txt: =d/e.txt']],
  ['d/*', ['e.txt: =d/e.txt', 's: g.txt h.md']],
  ['d*/?.txt', ['e.txt: =d/e.txt']],
  ['dirlink/*.md', ['h.md: =d/s/h.md']],
  ['**/e.txt', ['e.txt: =d/e.txt']],
  ['l?nk', ['link: =d/e.txt']],
  ['*.none', []],
  ['a.txt/*', []],
])('%s matches %j', (source, expected) => {
  expect(select([source])).toEqual(expected);
});

test('sources stay in the order in which they are written', () => {
  expect(select(['d/s', 'a.txt', '*.none', 'empty'])).toEqual(['s: g.txt h.md', 'a.txt: =a.txt', 'empty: ']);
});

test.each([
  [['*.md'], 'd: e.txt s s/g.txt s/h.md'],
  [['**/*.md'], 'd: e.txt s s/g.txt'],
  [['s'], 'd: e.txt'],
  [['s', '!s/h.md'], 'd: e.txt (s) s/h.md'],
  [['s', '!**/*.none'], 'd: e.txt'],
  [['*'], 'd: '],
  [['*', '!e.txt'], 'd: e.txt'],
])('excluding %j from a directory leaves %s', (excludes, expected) => {
  expect(select(['d'], { excludes })).toEqual([expected]);
});

test('excludes do not apply to what is named or matched itself', () => {
  expect(select(['a.txt', '*.txt'], { excludes: ['**/*.txt'] })).toEqual([
    'a.txt: =a.txt',
    '.b.txt: =.b.txt',
    'a.txt: =a.txt',
  ]);
});

test.each([
  ['d/e.txt', ': (d) d/e.txt'],
  ['d', ': d d/e.txt d/s d/s/g.txt d/s/h.md'],
  ['d/s/', ': (d) d/s d/s/g.txt d/s/h.md'],
  ['**/*.md', ': (d) (d/s) d/s/h.md'],
  ['*/**/*.txt', ': (d) d/e.txt (d/s) d/s/g.txt'],
  ['d/./s/*.md', 'd: (s) s/h.md'],
  ['./d/s/./g.txt', 's: g.txt'],
  ['[de]*y/./none*', 'empty: '],
  ['dir*/./g.txt', 'dirlink: g.txt'],
  ['*.none', ': '],
])('with parents %s selects %s', (source, expected) => {
  expect(select([source], { parents: true }).join('|')).toBe(expected);
});

test('with parents, excludes are relative to where the kept part begins', () => {
  expect(select(['d'], { parents: true, excludes: ['**/*.md'] })).toEqual([': d d/e.txt d/s d/s/g.txt']);
});

test('literal names are not patterns', () => {
  const tree = treeOf({ 'a*': 'x', ab: 'y' });
  const { sources } = selectSources(tree, { sources: ['a*'], literal: true });
  expect(sources.map(({ entry }) => entry.path)).toEqual(['a*']);
});

test.each([
  ['nope.txt', 'nope.txt', '', 'a.txt'],
  ['README', 'README', '', 'Dockerfile'],
  ['d/nope', 'd/nope', 'd', 'e.txt'],
  ['d/no/such', 'd/no/such', 'd', 's'],
  ['dangling', 'dangling', '', 'link'],
  ['loop', 'loop', '', 'link'],
  ['no/*.txt', 'no', '', 'd'],
  ['dirlink/nope', 'dirlink/nope', 'dirlink', 'h.md'],
])('%s is not found, and what is there instead is told', (source, path, directory, sibling) => {
  const error = catchError(() => select([source]));
  expect(error).toMatchObject({
    code: 'ERR_TSBUILD_SOURCE_NOT_FOUND',
    message: `"/${path}" not found`,
    path,
    directory,
    siblings: expect.arrayContaining([sibling]),
  });
});

test('with parents, a plain path must select something', () => {
  expect(() => select(['d/./nope'], { parents: true })).toThrow('"/d/nope" not found');
  expect(() => select(['d/e.txt'], { parents: true, excludes: ['**/e.txt'] })).toThrow('"/d/e.txt" not found');
});

test('a malformed pattern is an error even if nothing is there to match', () => {
  expect(() => select(['[a'])).toThrow('syntax error in pattern "[a"');
  expect(() => select(['none*/[a'])).toThrow('syntax error in pattern "[a"');
});

test('the files of a selection are those with bytes of their own, each once', () => {
  const tree = treeOf({
    'd/a': 'x',
    'd/b': { hardlink: 'd/a' },
    'd/l': { symlink: 'a' },
    'd/p': { fifo: true },
    e: 'y',
  });
  expect(selectSources(tree, { sources: ['e', 'd', 'd/b'] }).files).toEqual(['e', 'd/a']);
});

test('only the directories that a source needs are listed', () => {
  const listed: string[] = [];
  const lazy: FileTree = {
    ...files,
    list(path) {
      listed.push(path);
      return files.list(path);
    },
  };

  selectSources(lazy, { sources: ['a.txt', 'd/s/*.md', 'empty'] });
  selectSources(lazy, { sources: ['d/s/g.txt'], parents: true });

  expect(listed).toEqual(['d/s', 'empty', '', 'd', 'd/s']);
});

function catchError(action: () => unknown): SourceNotFoundError | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    return error as SourceNotFoundError;
  }
}
