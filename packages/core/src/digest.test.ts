import { expect, test } from 'vitest';
import { digestHex, digestOf, HashTap, parseDigest } from './digest.ts';

const EMPTY = 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

test('a digest is sha256 and 64 lower-case hex digits', () => {
  expect(digestOf('')).toBe(EMPTY);
  expect(digestHex(parseDigest(EMPTY))).toBe(EMPTY.slice(7));
});

test.each(['', 'sha256:', EMPTY.toUpperCase(), `${EMPTY}0`, EMPTY.replace('sha256', 'md5'), `${EMPTY}\n`])(
  '%j is refused',
  (text) => {
    expect(() => parseDigest(text)).toThrow(/invalid digest/);
  },
);

test('a tap counts and hashes what passes', async () => {
  const tap = new HashTap();
  const passed: string[] = [];
  async function* source() {
    yield Buffer.from('hello ');
    yield Buffer.from('world');
  }
  for await (const bytes of tap.through(source())) passed.push(Buffer.from(bytes).toString());
  expect(passed).toEqual(['hello ', 'world']);
  expect(tap.size).toBe(11);
  expect(tap.digest()).toBe('sha256:b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9');
});
