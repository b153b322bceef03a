import { expect, test } from 'vitest';
import { hashedValues, isSameValue, shortValues } from './hashed-values.ts';

test('values are hashed with their names', () => {
  const hashed = hashedValues({ PIN: '4711', CODE: '4711' });
  expect(hashed).toEqual({
    PIN: expect.stringMatching(/^[0-9a-f]{16}$/),
    CODE: expect.stringMatching(/^[0-9a-f]{16}$/),
  });
  expect(hashed.PIN).not.toBe(hashed.CODE);
  expect(hashedValues({ PIN: '4711' })).toEqual({ PIN: hashed.PIN });
});

test('what others get tells that a value changed, and fits many values', () => {
  const { PIN = '' } = shortValues(hashedValues({ PIN: '4711' }));
  const isGuess = (guess: number) => isSameValue(PIN, hashedValues({ PIN: String(guess) }).PIN);

  expect(isGuess(4711)).toBe(true);
  expect(isGuess(4712)).toBe(false);
  expect(Array.from({ length: 50_000 }, (_, guess) => guess).filter(isGuess).length).toBeGreaterThan(4);
});

test('a variable that is gone is no value', () => {
  expect([isSameValue(undefined, 'abc'), isSameValue('', undefined), isSameValue(undefined, undefined)]).toEqual([
    false,
    false,
    true,
  ]);
});
