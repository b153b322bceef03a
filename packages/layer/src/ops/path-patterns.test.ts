import { expect, test } from 'vitest';
import { compilePatterns } from './path-patterns.ts';

/** Matches as a walk does: every directory first. */
function matches(patterns: readonly string[], path: string): boolean {
  const compiled = compilePatterns(patterns);
  const parts = path.split('/');
  let match = compiled.match(parts[0] ?? '');
  for (let depth = 2; depth <= parts.length; depth += 1) match = compiled.match(parts.slice(0, depth).join('/'), match);
  return match.isMatch;
}

test.each([
  [['*.md'], 'b.md', true],
  [['*.md'], 'sub/c.md', false],
  [['**/*.md'], 'sub/c.md', true],
  [['sub'], 'sub/deep/f', true],
  [['sub'], 'x/sub/f', false],
  [['sub/skip'], 'sub/skip', true],
  [['*.txt', '!keep.txt'], 'keep.txt', false],
  [['*.txt', '!keep.txt'], 'a.txt', true],
  [['!a.txt', '*.txt'], 'a.txt', true],
  [['dir', '!dir/a'], 'dir/a', false],
  [['dir', '!dir/a'], 'dir/b', true],
  [[' dir/ '], 'dir', true],
  [['./a/../b'], 'b', true],
  [[''], 'a', false],
])('%j on %s is %s', (patterns, path, expected) => {
  expect(matches(patterns, path)).toBe(expected);
});

test('a lone exclamation mark is malformed', () => {
  expect(() => compilePatterns(['!'])).toThrow('illegal exclusion pattern "!"');
});

test.each([
  [['a/b/*.c'], 'a', true],
  [['a/b/*.c'], 'a/b', true],
  [['a/b/*.c'], 'a/x', false],
  [['a/b'], 'ab', false],
  [['**/x'], 'any/where', true],
])('%j may match below %s: %s', (patterns, directory, expected) => {
  expect(compilePatterns(patterns).mayMatchBelow(directory)).toBe(expected);
});
