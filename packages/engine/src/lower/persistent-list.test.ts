import { expect, test } from 'vitest';
import { PersistentList } from './persistent-list.ts';

test('adding an item leaves the list before as it was', () => {
  const base = PersistentList.of([1]).with(2);
  const [left, right] = [base.with(3), base.with(4)];
  expect([base, left, right].map((list) => [...list])).toEqual([
    [1, 2],
    [1, 2, 3],
    [1, 2, 4],
  ]);
  expect([...PersistentList.of()]).toEqual([]);
});
