import { expect, test } from 'vitest';
import { Listings } from './listings.ts';

function listingsOf(directories: Readonly<Record<string, readonly string[]>>): Listings {
  const listings = new Listings();
  let number = 0;
  for (const [directory, names] of Object.entries(directories))
    listings.set(directory, { names, numbers: names.map(() => number++) });
  return listings;
}

test('names are found in any order, in directories that alternate', () => {
  const listings = listingsOf({ '': ['a', 'ab', 'b'], a: ['x', 'y', 'z'], ab: ['x'], 'a/y': [] });

  expect(['a', 'ab', 'b', 'b', 'a'].map((path) => listings.find(path))).toEqual([0, 1, 2, 2, 0]);
  expect(['a/z', 'a/x', 'a/y', 'ab/x', 'a/y', 'b'].map((path) => listings.find(path))).toEqual([5, 3, 4, 6, 4, 2]);
});

test('what no directory has that was listed is not known', () => {
  const listings = listingsOf({ '': ['a'], a: ['x', 'z'] });

  for (const path of ['', 'none', 'a/y', 'a/', 'a/zz', 'b/x', 'a/x/z'])
    expect([path, listings.find(path)]).toEqual([path, undefined]);
  expect(listings.find('a/x')).toBe(1);
});

test('a directory that was asked about before it was listed is known from then on', () => {
  const listings = listingsOf({ '': ['d'] });
  expect(listings.find('d/x')).toBeUndefined();

  listings.set('d', { names: ['x'], numbers: [7] });

  expect(listings.find('d/x')).toBe(7);
});
