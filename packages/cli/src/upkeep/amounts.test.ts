import { expect, test } from 'vitest';
import { readBytes, readDuration } from './amounts.ts';

test.each([
  ['0', 0],
  ['512', 512],
  ['512b', 512],
  ['10kB', 10_000],
  ['500MB', 500_000_000],
  ['2g', 2_000_000_000],
  ['1.5GiB', 1_610_612_736],
])('%s is a size', (text, bytes) => {
  expect(readBytes('max-size', text)).toBe(bytes);
});

test.each([
  ['250ms', 250],
  ['90s', 90_000],
  ['1h30m', 5_400_000],
  ['7d', 604_800_000],
])('%s is a duration', (text, milliseconds) => {
  expect(readDuration('keep-duration', text)).toBe(milliseconds);
});

test.each(['', '5', 'h', '1x', '-1h', '1h '])('%j is no duration', (text) => {
  expect(() => readDuration('keep-duration', text)).toThrow('malformed value of --keep-duration');
});

test.each(['', 'GB', '-1', '1 PB'])('%j is no size', (text) => {
  expect(() => readBytes('max-size', text)).toThrow('malformed value of --max-size');
});
