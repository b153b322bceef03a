import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileGlob } from './glob.ts';

test('globs match what the regular expression of their meaning matches', () => {
  const piece = fc.constantFrom('*', '**', '**/', '?', '/', 'a', 'b', '.');
  const pattern = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
  const path = fc.array(fc.constantFrom('a', 'b', '/', '.'), { maxLength: 10 }).map((chars) => chars.join(''));
  fc.assert(
    fc.property(pattern, path, (glob, name) => {
      const expected = new RegExp(`^${toRegExp(glob)}$`, 's').test(name);
      expect(compileGlob(glob, { doubleStar: true })(name)).toBe(expected);
    }),
    { numRuns: 5000 },
  );
});

function toRegExp(glob: string): string {
  return glob.replaceAll(/\*\*\/?$|\*\*\/?|\*|\?|\./g, (found, at: number) => {
    if (found.startsWith('**')) return at + found.length === glob.length ? '.*' : '(.*/)?';
    return found === '*' ? '[^/]*' : found === '?' ? '[^/]' : '\\.';
  });
}
