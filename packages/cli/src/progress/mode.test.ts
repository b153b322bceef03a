import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { readProgressMode } from './mode.ts';

const stream = (isTTY: boolean) => Object.assign(new PassThrough(), { isTTY });

test.each([
  [undefined, {}, true, 'tty'],
  [undefined, {}, false, 'plain'],
  ['', {}, false, 'plain'],
  ['auto', {}, true, 'tty'],
  ['auto', { CI: 'true' }, true, 'plain'],
  ['auto', { CI: 'false' }, true, 'tty'],
  ['tty', { CI: 'true' }, false, 'tty'],
  ['auto', { TERM: 'dumb' }, true, 'plain'],
  ['plain', {}, true, 'plain'],
  ['rawjson', {}, true, 'rawjson'],
  ['none', {}, true, 'none'],
  [undefined, { BUILDKIT_PROGRESS: 'plain' }, true, 'plain'],
  ['tty', { BUILDKIT_PROGRESS: 'plain' }, true, 'tty'],
])('--progress %s with %j, terminal %s: %s', (progress, env, isTerminal, mode) => {
  expect(readProgressMode({ progress, isQuiet: false }, { stderr: stream(isTerminal), env })).toBe(mode);
});

test.each([
  [undefined, {}],
  ['quiet', {}],
  [undefined, { BUILDKIT_PROGRESS: 'plain' }],
])('--quiet with --progress %s and %j is quiet', (progress, env) => {
  expect(readProgressMode({ progress, isQuiet: true }, { stderr: stream(true), env })).toBe('quiet');
});

test('what is no mode, and two that exclude each other, are refused', () => {
  const surroundings = { stderr: stream(false), env: {} };
  expect(() => readProgressMode({ isQuiet: false, progress: 'plian' }, surroundings)).toThrow(
    expect.objectContaining({ message: 'invalid value "plian" for --progress', hint: 'did you mean plain?' }),
  );
  expect(() => readProgressMode({ isQuiet: true, progress: 'plain' }, surroundings)).toThrow(
    '--quiet and --progress=plain exclude each other',
  );
});
