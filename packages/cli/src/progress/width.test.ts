import { expect, test } from 'vitest';
import { cut, rowsOf, spread } from './width.ts';

test.each([
  ['abc', 3, 'abc'],
  ['abcd', 3, 'ab…'],
  ['漢字', 4, '漢字'],
  ['漢字x', 4, '漢…'],
  ['e\u0301e\u0301', 2, 'e\u0301e\u0301'],
  ['😀😀', 3, '😀…'],
  ['✅⚡', 4, '✅⚡'],
  ['✅⚡', 3, '✅…'],
  ['🇩🇪', 2, '🇩🇪'],
  ['a\u2060\u00adb', 2, 'a\u2060\u00adb'],
])('%s cut to %i columns', (text, columns, shown) => {
  expect(cut(text, columns)).toBe(shown);
});

test('the right side stays whole, at the edge, while there is room for both', () => {
  expect(spread('RUN a', '1.0s', 12)).toBe('RUN a   1.0s');
  expect(spread('RUN a long name', '1.0s', 12)).toBe('RUN a … 1.0s');
  expect(spread('漢字', '1s', 8)).toBe('漢字  1s');
  expect(spread('漢字', '', 8)).toBe('漢字');
  expect(spread('RUN a', '1.0s', 5)).toBe('RUN a');
  expect(spread('RUN a', '1.0s', 4)).toBe('RUN…');
});

test.each([
  ['', 4, 1],
  ['abcd', 4, 1],
  ['abcde', 4, 2],
  ['abcdefghi', 4, 3],
  ['漢字漢字', 4, 2],
  ['漢字漢字', 3, 4],
  ['e\u0301e\u0301', 2, 1],
])('a line %j takes in %i columns %i rows', (line, columns, rows) => {
  expect(rowsOf(line, columns)).toBe(rows);
});
