import { expect, test } from 'vitest';
import { didYouMean } from './did-you-mean.ts';

test('a word with at most two wrong letters is recognised in any case', () => {
  expect(didYouMean('WROKDIR', ['WORKDIR', 'VOLUME'])).toBe('did you mean WORKDIR?');
  expect(didYouMean('copi', ['COPY', 'CMD'])).toBe('did you mean COPY?');
});

test('nothing is suggested for a word that resembles no option, nor for a very long one', () => {
  expect(didYouMean('FETCH', ['COPY', 'CMD'])).toBeUndefined();
  expect(didYouMean('x', ['id'])).toBeUndefined();
  expect(didYouMean('C'.repeat(1_000_000), ['COPY'])).toBeUndefined();
});
