import { expect, test } from 'vitest';
import { file } from '../../test/entries.ts';
import { encodeEntry } from './encode-entry.ts';
import { encodePax } from './pax.ts';

const NAME_100 = 'n'.repeat(100);

function encodeFile(path: string, more = {}): ReturnType<typeof encodeEntry> {
  return encodeEntry(file(path, '', more).entry);
}

test('what fits into ustar needs no PAX header', () => {
  expect(encodeFile('a/b', { mode: 0o100644, mtime: 1.9 })).toEqual({
    ustar: {
      name: 'a/b',
      prefix: '',
      mode: 0o644,
      uid: 0,
      gid: 0,
      size: 0,
      mtime: 1,
      type: 0x30,
      linkName: '',
      major: 0,
      minor: 0,
    },
  });
});

test('directories end with a slash, the root is ./', () => {
  expect(encodeEntry({ ...file('etc').entry, type: 'directory' }).ustar).toMatchObject({ name: 'etc/', type: 0x35 });
  expect(encodeEntry({ ...file('').entry, type: 'directory' }).ustar).toMatchObject({ name: './', type: 0x35 });
});

test('a long name is split at the last slash that leaves 100 bytes', () => {
  expect(encodeFile(`${'d'.repeat(155)}/${NAME_100}`)).toMatchObject({
    ustar: { name: NAME_100, prefix: 'd'.repeat(155) },
  });
  expect(encodeFile(`a/b/${NAME_100}`)).toMatchObject({ ustar: { name: NAME_100, prefix: 'a/b' } });
});

test('a name that cannot be split goes into a record', () => {
  const { ustar, pax } = encodeFile(`${NAME_100}1`);

  expect(ustar).toMatchObject({ name: NAME_100, prefix: '' });
  expect(pax?.records).toEqual(new Map([['path', Buffer.from(`${NAME_100}1`)]]));
  expect(pax?.ustar).toMatchObject({ name: `PaxHeaders.0/${'n'.repeat(87)}`, type: 0x78, mode: 0o644, mtime: 0 });
});

test('names outside of ASCII go into a record, as their bytes', () => {
  expect(encodeFile('caf\u00e9').pax?.records).toEqual(new Map([['path', Buffer.from([99, 97, 102, 0xc3, 0xa9])]]));
  expect(encodeFile('caf\udce9').pax?.records).toEqual(new Map([['path', Buffer.from([99, 97, 102, 0xe9])]]));
  expect(encodeFile('caf\u00e9').ustar.name).toBe('caf');
});

test('large and negative numbers go into records and leave 0', () => {
  const { ustar, pax } = encodeFile('big', { size: 8 * 1024 ** 3, uid: 2_097_152, gid: 4_294_967_294, mtime: -1 });

  expect(ustar).toMatchObject({ size: 0, uid: 0, gid: 0, mtime: 0 });
  expect([...(pax?.records ?? [])].map(([key, value]) => `${key}=${value}`)).toEqual([
    'uid=2097152',
    'gid=4294967294',
    'size=8589934592',
    'mtime=-1',
  ]);
  expect(encodeFile('fits', { size: 8 * 1024 ** 3 - 1, uid: 2_097_151 }).pax).toBeUndefined();
});

test('extended attributes are records of raw bytes in the order of their names', () => {
  const { pax } = encodeFile('ping', {
    xattrs: { 'user.b': Buffer.from('2'), 'security.capability': Buffer.from([1, 0, 0, 2, 10, 61]) },
  });

  expect(encodePax(pax?.records ?? new Map()).toString('latin1')).toBe(
    '43 SCHILY.xattr.security.capability=\x01\0\0\x02\n=\n' + '25 SCHILY.xattr.user.b=2\n',
  );
});

test('links keep their target as it is', () => {
  expect(encodeEntry({ ...file('l').entry, type: 'symlink', linkTarget: '../x/' }).ustar).toMatchObject({
    type: 0x32,
    linkName: '../x/',
  });
  expect(encodeFile('l', { hardlink: 'a', size: 5 }).ustar).toMatchObject({ type: 0x31, linkName: 'a', size: 0 });
  expect(encodeFile('l', { hardlink: `${NAME_100}1` }).pax?.records.get('linkpath')?.length).toBe(101);
});

test('what tar cannot hold is refused', () => {
  const device = { major: 2_097_152, minor: 0 };

  expect(() => encodeEntry({ ...file('d').entry, type: 'char', device })).toThrow(
    'tar cannot hold the device number 2097152:0 of "d"',
  );
  expect(() => encodeFile('f', { xattrs: { 'user.a=b': Buffer.from('x') } })).toThrow(
    'tar cannot hold the attribute "user.a=b" of "f"',
  );
});
