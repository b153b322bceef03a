import { expect, test } from 'vitest';
import { cut, spread } from './width.ts';

test.each([
  ['abc', 3, 'abc'],
  ['abcd', 3, 'ab…'],
  ['漢字', 4, '漢字'],
  ['漢字x', 4, '漢…'],
  ['e\u0301e\u0301', 2, 'e\u0301e\u0301'],
  ['😀😀', 3, '😀…'],
])('%s cut to %i columns', (text, columns, shown) => {
  expect(cut(text, columns)).toBe(shown);
});

test('the right side stays whole, at the edge', () => {
  expect(spread('RUN a', '1.0s', 12)).toBe('RUN a   1.0s');
  expect(spread('RUN a long name', '1.0s', 12)).toBe('RUN a … 1.0s');
  expect(spread('漢字', '1s', 8)).toBe('漢字  1s');
  expect(spread('漢字', '', 8)).toBe('漢字');
});
