import { digestOf } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { SeenEntries } from './seen-entries.ts';

const OWNER = { uid: 0, gid: 0 };

test('entries, identities and digests are what was put in, beyond a page too', () => {
  const seen = new SeenEntries();
  const count = 3000;
  for (let number = 0; number < count; number++) {
    const size = number * 2 ** 34;
    const entry = { path: 'any', type: 'file', mode: 0o4755, ...OWNER, size, mtime: 1.5 } as const;
    const identity = { dev: 2 ** 40, ino: number + 2 ** 45, ctimeMs: 0.25, mtimeMs: 1500.125, size };
    expect(seen.add({ entry, identity, isLinked: false })).toBe(number);
  }
  seen.setDigest(2999, digestOf('2999'));

  const size = 2999 * 2 ** 34;
  expect(seen.entry(2999, 'd/f')).toEqual({ path: 'd/f', type: 'file', mode: 0o4755, ...OWNER, size, mtime: 1.500125 });
  expect(seen.identity(2999)).toEqual({ dev: 2 ** 40, ino: 2999 + 2 ** 45, ctimeMs: 0.25, mtimeMs: 1500.125, size });
  expect([seen.type(2999), seen.size(2999), seen.digest(2999)]).toEqual(['file', size, digestOf('2999')]);
  expect([seen.hasDigest(2998), seen.digest(2998)]).toEqual([false, undefined]);
});

test.each([
  { type: 'symlink', linkTarget: 'there' },
  { type: 'char', device: { major: 1, minor: 3 } },
  { type: 'block', device: { major: 8, minor: 0 } },
  { type: 'file', hardlink: 'first' },
  { type: 'fifo' },
  { type: 'directory' },
] as const)('an entry keeps what few have: %j', (rest) => {
  const seen = new SeenEntries();
  const entry = { path: 'p', mode: 0o777, ...OWNER, size: 0, mtime: 0, ...rest };
  const identity = { dev: 1, ino: 2, ctimeMs: 0, mtimeMs: 0, size: 0 };

  expect(seen.entry(seen.add({ entry, identity, isLinked: false }), 'q')).toEqual({ ...entry, path: 'q' });
});
