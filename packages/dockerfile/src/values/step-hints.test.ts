import { expect, test } from 'vitest';
import { parseDockerfile } from '../parse/dockerfile.ts';
import { stepHints } from './step-hints.ts';

test('a hint is read from the comments directly above an instruction', () => {
  const text = 'FROM a\n# why\n# tsbuild: ttl=1d\nRUN x\n\n# tsbuild: ttl=2d\n\nRUN y\n';
  const [stage] = parseDockerfile(text).stages;

  expect(stage?.instructions.map(({ comments }) => stepHints(comments))).toEqual([{ ttl: 86_400_000 }, {}]);
});

test('the last of several counts, white space does not, and other comments are none', () => {
  expect(stepHints(['tsbuild: ttl=1d', 'tsbuild:ttl = 2h'])).toEqual({ ttl: 7_200_000 });
  expect(stepHints(['tsbuild: is quick', 'ttl=1d', 'see tsbuild: ttl=1d'])).toEqual({});
});

test('a hint at the top of the file is no parser directive', () => {
  const { directives, stages } = parseDockerfile('# tsbuild: ttl=1d\n# escape=`\nFROM a\n');

  expect(directives.escape).toBe('\\');
  expect(stages).toHaveLength(1);
});

test.each([
  ['tsbuild: tll=1d', 'unknown hint "tll"'],
  ['tsbuild: ttl=', 'invalid duration ""'],
  ['tsbuild: ttl=soon', 'invalid duration "soon"'],
])('%j is refused', (comment, message) => {
  expect(() => stepHints([comment])).toThrow(message);
});
