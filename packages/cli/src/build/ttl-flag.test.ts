import { expect, test } from 'vitest';
import { readTtl } from './ttl-flag.ts';

test('a time for every step, and for those of a stage', () => {
  expect(readTtl(['12h', 'deps=7d', 'deps=1d'])).toEqual({ '': 43_200_000, deps: 86_400_000 });
  expect(readTtl([])).toEqual({});
});

test('what is no time is refused by the name of the flag', () => {
  expect(() => readTtl(['deps='])).toThrow('malformed value of --ttl: ""');
  expect(() => readTtl(['soon'])).toThrow('malformed value of --ttl: "soon"');
});
