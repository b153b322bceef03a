import { expect, test } from 'vitest';
import { goDuration, goQuoteList } from './go-format.ts';

test.each([
  [0, '0s'],
  [1_500, '1.5µs'],
  [500_000_000 / 1_000, '500µs'],
  [500_000_000, '500ms'],
  [9_000_000_000, '9s'],
  [1_500_000_000, '1.5s'],
  [90_000_000_000, '1m30s'],
  [3_600_000_000_000, '1h0m0s'],
])('%d nanoseconds are %s', (nanoseconds, text) => {
  expect(goDuration(nanoseconds)).toBe(text);
});

test('lists are quoted as Go does', () => {
  expect(goQuoteList(['A\t"q"', 'back\\slash', 'é', '\u0000', '\u200b'])).toBe(
    '["A\\t\\"q\\"" "back\\\\slash" "é" "\\x00" "\\u200b"]',
  );
});
