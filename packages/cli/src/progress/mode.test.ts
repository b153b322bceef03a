import { expect, test } from 'vitest';
import { readProgressMode } from './mode.ts';

test.each([
  [undefined, false, true, 'tty'],
  ['auto', false, false, 'plain'],
  ['', false, false, 'plain'],
  ['plain', false, true, 'plain'],
  ['rawjson', false, true, 'rawjson'],
  ['none', false, true, 'none'],
  [undefined, true, true, 'quiet'],
  ['quiet', true, false, 'quiet'],
])('--progress %s, quiet %s, terminal %s: %s', (progress, isQuiet, isTerminal, mode) => {
  expect(readProgressMode({ progress, isQuiet, isTerminal })).toBe(mode);
});

test('what is no mode, and two that exclude each other, are refused', () => {
  const request = { isQuiet: false, isTerminal: false };
  expect(() => readProgressMode({ ...request, progress: 'plian' })).toThrow(
    expect.objectContaining({ message: 'invalid value "plian" for --progress', hint: 'did you mean plain?' }),
  );
  expect(() => readProgressMode({ ...request, progress: 'plain', isQuiet: true })).toThrow(
    '--quiet and --progress=plain exclude each other',
  );
});
