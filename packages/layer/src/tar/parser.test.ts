import { expect, test } from 'vitest';
import { archive, END, header, member, padded, pax } from '../../test/archive.ts';
import { listAll, readAll } from '../../test/read-all.ts';

const ARCHIVE = archive(
  header({ name: 'dir/', type: '5', mode: '0000755\0', uid: '0001750\0' }),
  member('dir/file', 'hello'),
  header({ name: 'link', type: '2', link: '../x' }),
  header({ name: 'hard', type: '1', link: './dir/file' }),
  header({ name: 'null', type: '3', major: '0000001\0', minor: '0000003\0' }),
  header({ name: 'pipe', type: '6' }),
  member('empty'),
);

test('entries of every type are read', async () => {
  const meta = { mode: 0o644, uid: 0, gid: 0, mtime: 0, size: 0 };

  expect((await readAll(ARCHIVE)).map(({ entry, content }) => ({ ...entry, content }))).toEqual([
    { path: 'dir', type: 'directory', ...meta, mode: 0o755, uid: 1000, content: '' },
    { path: 'dir/file', type: 'file', ...meta, size: 5, content: 'hello' },
    { path: 'link', type: 'symlink', ...meta, linkTarget: '../x', content: '' },
    { path: 'hard', type: 'file', ...meta, hardlink: 'dir/file', content: '' },
    { path: 'null', type: 'char', ...meta, device: { major: 1, minor: 3 }, content: '' },
    { path: 'pipe', type: 'fifo', ...meta, content: '' },
    { path: 'empty', type: 'file', ...meta, content: '' },
  ]);
});

test.each([1, 7, 511, 512, 513, 4096])('pieces of %i bytes give the same entries', async (chunkBytes) => {
  expect(await readAll(ARCHIVE, {}, chunkBytes)).toEqual(await readAll(ARCHIVE));
});

test('PAX records override the header', async () => {
  const capability = Buffer.from([1, 0, 0, 2, 10, 61, 0]);
  const tar = archive(
    pax({
      path: './long/name',
      size: '3',
      uid: '3000000',
      mtime: '12.5',
      'SCHILY.xattr.security.capability': capability,
    }),
    Buffer.concat([header({ name: 'short' }), padded('abc')]),
    member('next', 'x'),
  );

  const [first, next] = await readAll(tar);

  expect(first).toMatchObject({ entry: { path: 'long/name', size: 3, uid: 3_000_000, mtime: 12.5 }, content: 'abc' });
  expect(first?.entry).toHaveProperty('xattrs', { 'security.capability': Uint8Array.from(capability) });
  expect(next).toMatchObject({ entry: { path: 'next', uid: 0 }, content: 'x' });
});

test('global records hold until the end, unless an entry takes them back', async () => {
  const tar = archive(
    pax({ uid: '7', comment: 'of git' }, 'g'),
    member('a'),
    pax({ uid: '' }),
    member('b'),
    pax({ uid: '9' }),
    member('c'),
    member('d'),
  );

  expect((await readAll(tar)).map(({ entry }) => 'uid' in entry && entry.uid)).toEqual([7, 0, 9, 7]);
});

test('GNU long names and links are read', async () => {
  const long = `${'d/'.repeat(80)}name`;
  const tar = archive(
    Buffer.concat([header({ name: '././@LongLink', type: 'K', size: 5 }), padded('to/x\0')]),
    Buffer.concat([header({ name: '././@LongLink', type: 'L', size: long.length + 1 }), padded(`${long}\0`)]),
    header({ name: 'cut', type: '2', link: 'cut' }),
    member('next'),
  );

  expect((await readAll(tar)).map(({ entry }) => entry)).toMatchObject([
    { path: long, linkTarget: 'to/x' },
    { path: 'next' },
  ]);
});

test('names that are not UTF-8 keep their bytes', async () => {
  expect(await listAll(archive(member('caf\xe9')))).toEqual(['file caf\udce9']);
});

test('old archives mark directories by a slash', async () => {
  expect(await listAll(archive(header({ name: 'dir/', type: '\0', magic: '' })))).toEqual(['directory dir']);
});

test('links and directories have no contents, whatever size they declare', async () => {
  const tar = archive(header({ name: 'd/', type: '5', size: 4096 }), member('f', 'x'));

  expect(await listAll(tar)).toEqual(['directory d', 'file f']);
});

test('whiteouts come as what they mean', async () => {
  const tar = archive(member('a/.wh.b'), member('a/.wh..wh..opq'), member('.wh..wh.aufs'));

  expect(await listAll(tar)).toEqual(['whiteout a/b', 'opaque a']);
});

test('an archive may lack its end marker, and what follows the marker is ignored', async () => {
  expect(await listAll(member('a', 'x'))).toEqual(['file a']);
  expect(await listAll(Buffer.concat([member('a'), Buffer.alloc(300)]))).toEqual(['file a']);
  expect(await listAll(Buffer.concat([archive(member('a')), Buffer.from('anything')]))).toEqual(['file a']);
  expect(await listAll(END)).toEqual([]);
  expect(await listAll(Buffer.alloc(0))).toEqual([]);
});

test('contents that are not read are skipped', async () => {
  expect(await listAll(archive(member('a', 'x'.repeat(5000)), member('b', 'y')))).toEqual(['file a', 'file b']);
});
