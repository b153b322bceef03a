import { expect, test } from 'vitest';
import { splitWords } from './words.ts';

test.each([
  ['', []],
  ['  a  b ', ['a', 'b']],
  ['a="b c" d', ['a="b c"', 'd']],
  ["a='b \\' c", ["a='b \\'", 'c']],
  ['a="b \\" c" d', ['a="b \\" c"', 'd']],
  ['a\\ b c', ['a\\ b', 'c']],
  ['a\\"b c', ['a\\"b', 'c']],
  ['a b\\', ['a', 'b']],
  ['""', ['""']],
  ['"open word', ['"open word']],
])('%j', (text, words) => {
  expect(splitWords(text, '\\')).toEqual(words);
});
