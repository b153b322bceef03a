import { expect, test } from 'vitest';
import { goTime, humanDuration, humanSize } from './human.ts';

test.each([
  [0, '0B'],
  [999, '999B'],
  [1000, '1kB'],
  [4_264_000, '4.26MB'],
  [12_340_000, '12.3MB'],
  [123_900_000, '124MB'],
  [1_000_000_000, '1GB'],
])('%d bytes are %s', (bytes, text) => {
  expect(humanSize(bytes)).toBe(text);
});

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

test.each([
  [500, 'Less than a second'],
  [1_000, '1 second'],
  [59_000, '59 seconds'],
  [MINUTE, 'About a minute'],
  [59 * MINUTE, '59 minutes'],
  [61 * MINUTE, 'About an hour'],
  [47 * HOUR, '47 hours'],
  [13 * 24 * HOUR, '13 days'],
  [30 * 24 * HOUR, '4 weeks'],
  [100 * 24 * HOUR, '3 months'],
  [800 * 24 * HOUR, '2 years'],
])('%d ms are %s', (milliseconds, text) => {
  expect(humanDuration(milliseconds)).toBe(text);
});

test('times are as Go prints them', () => {
  expect(goTime(new Date('2024-05-18T08:12:13.456Z'))).toBe('2024-05-18 08:12:13 +0000 UTC');
});
