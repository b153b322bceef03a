import { expect, test } from 'vitest';
import { backOff, retryAfterOf } from './retry.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');

test.each([
  ['7', 7000],
  ['0', 0],
  ['Thu, 01 Jan 2026 00:00:05 GMT', 5000],
  ['Wed, 31 Dec 2025 23:59:00 GMT', 0],
  ['soon', undefined],
  [undefined, undefined],
])('Retry-After %s is %s', (header, expected) => {
  expect(retryAfterOf({ headers: { 'retry-after': header } }, NOW)).toBe(expected);
});

test('waits double up to the limit, and are spread over half of their length', () => {
  const settings = { attempts: 9, baseDelay: 100, maxDelay: 500 };
  for (const [attempt, longest] of [
    [1, 100],
    [2, 200],
    [3, 400],
    [4, 500],
    [8, 500],
  ] as const) {
    const waits = Array.from({ length: 50 }, () => backOff(attempt, settings));
    expect(Math.max(...waits)).toBeLessThanOrEqual(longest);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(longest / 2);
  }
});
