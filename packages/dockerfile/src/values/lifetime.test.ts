import { expect, test } from 'vitest';
import { parseLifetime } from './lifetime.ts';

test.each([
  ['0s', 0],
  ['250ms', 250],
  ['1h30m', 5_400_000],
  ['1.5d', 129_600_000],
  ['2w', 1_209_600_000],
])('the lifetime %s', (text, milliseconds) => {
  expect(parseLifetime(text)).toBe(milliseconds);
});

test.each(['', '1', 'd', '1x', '1d ', '-1d', '1e3d', `${'1d'.repeat(60)}`])('%j is no lifetime', (text) => {
  expect(() => parseLifetime(text)).toThrow('invalid duration');
});
