import { expect, test } from 'vitest';
import { withPairs } from './env-pairs.ts';

test('a name that is set again keeps its place, the first of several', () => {
  const listed = ['A=1', 'B', 'A=2', 'C=x=y'];
  const changes = [
    ['D', '4'],
    ['A', '3'],
    ['B', ''],
    ['D', '5'],
  ] as const;
  expect(withPairs(listed, changes)).toEqual(['A=3', 'B=', 'A=2', 'C=x=y', 'D=5']);
  expect(withPairs(listed, [])).toEqual(listed);
});
