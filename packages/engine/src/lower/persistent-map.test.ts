import { expect, test } from 'vitest';
import { PersistentMap } from './persistent-map.ts';

test('setting a key leaves the map before as it was', () => {
  const before = PersistentMap.of([['a', 1]]);
  const after = before.with('b', 2).with('a', 3);
  expect([...before]).toEqual([['a', 1]]);
  expect([before.get('a'), before.get('b')]).toEqual([1, undefined]);
  expect([after.get('a'), after.get('b')]).toEqual([3, 2]);
});

test('two maps may go on from one', () => {
  const base = PersistentMap.of<number>().withAll([
    ['a', 1],
    ['b', 2],
  ]);
  expect([...base.with('c', 3)].flat()).toEqual(['a', 1, 'b', 2, 'c', 3]);
  expect([...base.with('d', 4)].flat()).toEqual(['a', 1, 'b', 2, 'd', 4]);
});

test('a key that is set again keeps its place', () => {
  const letters = Array.from('abcdefgh', (letter) => [letter, 1] as const);
  const map = PersistentMap.of<number>().withAll(letters).with('c', 2).with('i', 1).with('a', 3);
  expect([...map].map(([key, value]) => `${key}${value}`).join(' ')).toBe('a3 b1 c2 d1 e1 f1 g1 h1 i1');
});

test('undefined is a value', () => {
  const map = PersistentMap.of<string | undefined>([['a', 'x']]).with('a', undefined);
  expect([map.get('a'), [...map]]).toEqual([undefined, [['a', undefined]]]);
});

test('it holds what a map holds that was set the same way', () => {
  const expected = new Map<string, number>();
  let map = PersistentMap.of<number>();
  for (let step = 0; step < 1000; step += 1) {
    const key = `k${(step * 7919) % 613}`;
    expected.set(key, step);
    map = map.with(key, step);
  }
  expect([...map]).toEqual([...expected]);
  expect([...expected.keys()].map((key) => map.get(key))).toEqual([...expected.values()]);
});
