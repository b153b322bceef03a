import { expect, test } from 'vitest';
import { cutAtBlank, splitAtBlanks, trimSpace } from './space.ts';

test('white space is what Unicode says, not what JavaScript says', () => {
  expect(trimSpace('\u0085\u00a0 a b \u3000')).toBe('a b');
  expect(trimSpace('\ufeffa')).toBe('\ufeffa');
});

test('the rest after the first word keeps its inner blanks', () => {
  expect(cutAtBlank('ENV  a  b')).toEqual(['ENV', 'a  b']);
  expect(cutAtBlank('RUN')).toEqual(['RUN', undefined]);
  expect(splitAtBlanks('a \t b\u00a0c')).toEqual(['a', 'b\u00a0c']);
});

test('a megabyte of blanks is trimmed in one pass', () => {
  expect(trimSpace(`${' '.repeat(1_000_000)}x${' '.repeat(1_000_000)}`)).toBe('x');
});
