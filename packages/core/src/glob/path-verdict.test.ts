import { expect, test } from 'vitest';
import { compilePathPattern } from './path-pattern.ts';
import { judgePath } from './path-verdict.ts';

const PATTERNS = [
  compilePathPattern('dir', { isException: false }),
  compilePathPattern('dir/keep', { isException: true }),
  compilePathPattern('**/*.log', { isException: false }),
];

test('the last pattern that matches decides, and paths below inherit what matched above', () => {
  const dir = judgePath(PATTERNS, 'dir');
  expect(dir).toEqual({ isMatch: true, decidedBy: 0, matched: Uint8Array.of(1, 0, 0) });
  const keep = judgePath(PATTERNS, 'dir/keep', dir);
  expect(keep).toEqual({ isMatch: false, decidedBy: 1, matched: Uint8Array.of(1, 1, 0) });
  expect(judgePath(PATTERNS, 'dir/keep/x.log', keep)).toMatchObject({ isMatch: true, decidedBy: 2 });
  expect(judgePath(PATTERNS, 'other')).toMatchObject({ isMatch: false, decidedBy: -1 });
});

test('a pattern that cannot change the verdict is not asked', () => {
  expect(judgePath(PATTERNS, 'dir/keep')).toMatchObject({ isMatch: false, decidedBy: -1 });
});
