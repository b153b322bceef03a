import { expect, test } from 'vitest';
import { mapArguments, parseRanges } from './subordinate-ids.ts';

test('ranges are found by name or number, and broken lines are ignored', () => {
  const text = 'ann:100000:65536\nbob:200000:65536\n1000:300000:10\nann:x:1\nann:1\n# ann:1:1\nann:5:0\n';
  expect(parseRanges(text, ['ann', '1000'])).toEqual([
    { start: 100000, count: 65536 },
    { start: 300000, count: 10 },
  ]);
});

test('the caller is root, its ranges follow each other', () => {
  const ranges = [
    { start: 100000, count: 65536 },
    { start: 300000, count: 10 },
  ];
  expect(mapArguments(1000, ranges).join(' ')).toBe('0 1000 1 1 100000 65536 65537 300000 10');
});
