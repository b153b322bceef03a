import { expect, test } from 'vitest';
import { createKeptBytes } from './kept-bytes.ts';

const SIZE = 400_000;

function file(content: string): Buffer {
  return Buffer.alloc(SIZE, content);
}

test('bytes are a copy that is given out once', () => {
  const kept = createKeptBytes(1);
  const buffer = Buffer.from('content');
  kept.keep(1, buffer);
  kept.keep(5000, Buffer.alloc(0));
  buffer.fill('x');

  expect(kept.take(1, 7)).toEqual(Buffer.from('content'));
  expect(kept.take(1, 7)).toBeUndefined();
  expect(kept.take(5000, 0)).toEqual(Buffer.alloc(0));
  expect(kept.take(3, 7)).toBeUndefined();
});

test('what there is no room for is not kept, and what was taken makes room', () => {
  const kept = createKeptBytes(2);
  const isFile = (number: number) => Buffer.from(kept.take(number, SIZE) ?? []).equals(file(`${number}`));
  for (const number of [1, 2, 3, 4, 5]) kept.keep(number, file(`${number}`)); // two go into a mebibyte

  expect(kept.take(5, SIZE)).toBeUndefined();
  expect(isFile(1)).toBe(true);
  kept.keep(6, file('6'));
  expect(kept.take(6, SIZE)).toBeUndefined();
  expect(isFile(2)).toBe(true);
  kept.keep(7, file('7'));
  expect([3, 4, 7].map(isFile)).toEqual([true, true, true]);
});
