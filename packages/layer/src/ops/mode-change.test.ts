import { expect, test } from 'vitest';
import { parseModeChange } from './mode-change.ts';

test.each([
  ['600', '644', '600'],
  ['0755', '644', '755'],
  ['4755', '644', '4755'],
  ['1777', '644', '1777'],
  ['0', '644', '0'],
  ['+x', '644', '755'],
  ['u-w', '644', '444'],
  ['go=rX', '644', '644'],
  ['a=r', '644', '444'],
  ['g=u', '644', '664'],
  ['u+x,g+w,o=', '644', '760'],
  ['u+s,g+s,+t', '644', '7644'],
  ['ug+rw-x,o-rwx', '644', '660'],
  ['=r', '644', '444'],
  ['u=rwX,go=rX', '600', '644'],
  ['u=rwX,go=rX', '700', '755'],
  ['a-X', '755', '644'],
  ['go=u-w', '755', '755'],
  ['g-u', '775', '705'],
  ['o+s', '644', '644'],
  ['o+t', '644', '644'],
  ['a=rx', '7777', '1555'],
  ['+rt', '0', '1000'],
])('%s makes a file of mode %s one of %s', (text, before, after) => {
  const change = parseModeChange(text);
  expect(change.apply(Number.parseInt(before, 8), false).toString(8)).toBe(after);
});

test('X is x for every directory', () => {
  expect(parseModeChange('u=rwX,go=rX').apply(0o700, true).toString(8)).toBe('755');
});

test('directories that a copy creates take an octal mode without its special bits, and 755 otherwise', () => {
  expect(parseModeChange('4711').createdMode.toString(8)).toBe('711');
  expect(parseModeChange('go-rwx').createdMode.toString(8)).toBe('755');
});

test('only an octal mode is absolute', () => {
  expect(parseModeChange('755').isAbsolute).toBe(true);
  expect(parseModeChange('a=rx').isAbsolute).toBe(false);
});

test.each(['', 'rwxr', '0888', '9', '17777', '00000010000', 'u', 'u+x,', ',u+x', 'z+x', 'u+q', '75x', '+x '])(
  '%j is refused',
  (text) => {
    expect(() => parseModeChange(text)).toThrow(
      expect.objectContaining({ code: 'ERR_TSBUILD_COPY', message: expect.stringContaining('invalid chmod') }),
    );
  },
);
