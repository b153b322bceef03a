import { expect, test } from 'vitest';
import { median } from './statistics.ts';
import { formatTable } from './table.ts';

test('the median is the middle value, or the mean of the two middle ones', () => {
  expect(median([5, 1, 3])).toBe(3);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([7])).toBe(7);
});

test('a table gives medians, and how many times as long the others took', () => {
  const results = [
    {
      phase: 'cold',
      timings: new Map([
        ['tsbuild', [900, 1000, 1100]],
        ['docker', [2500]],
        ['buildah', [12_500]],
      ]),
    },
    {
      phase: 'no change',
      timings: new Map<string, number[] | string>([
        ['tsbuild', [100]],
        ['docker', 'broken'],
        ['buildah', [90]],
      ]),
    },
  ];

  expect(formatTable(results, ['tsbuild', 'docker', 'buildah'])).toBe(
    [
      'phase      tsbuild  docker (ratio)  buildah (ratio)',
      'cold       1000 ms  2500 ms (2.50)  12.5 s (12.50)',
      'no change  100 ms   failed          90 ms (0.90)',
    ].join('\n'),
  );
});
