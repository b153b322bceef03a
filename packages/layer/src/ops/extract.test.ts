import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { type ArchiveEntry, archiveOf } from '../../test/archive-of.ts';
import { copy, copyLayer, treeOf } from '../../test/recorded-layer.ts';

type Files = Parameters<typeof treeOf>[0];

async function add(entries: readonly ArchiveEntry[], target: string, onto: Files = {}): Promise<string[]> {
  return copy(['a.tar'], target, {
    from: treeOf({ 'a.tar': { content: archiveOf(entries) } }),
    onto: treeOf(onto),
    unpack: true,
  });
}

const TREE: readonly ArchiveEntry[] = [
  { name: 'top.txt', content: 'top' },
  { name: 'dir/', flag: '5', mode: 0o750 },
  { name: 'dir/f', content: 'f', mode: 0o600, uid: 5, gid: 6 },
  { name: 'dir/l', flag: '2', link: 'f' },
  { name: 'dir/h', flag: '1', link: 'dir/f', mode: 0o600, uid: 5, gid: 6 },
  { name: 'exe', content: '#!', mode: 0o4755 },
  { name: 'pipe', flag: '6', mode: 0o600 },
  { name: 'null', flag: '3', mode: 0o666, major: 1, minor: 3 },
];

test('an archive keeps its owners, modes and links; its directory is made', async () => {
  expect(await add(TREE, '/o')).toEqual([
    'directory 755 0:0 o',
    'file 644 0:0 o/top.txt = top',
    'directory 750 0:0 o/dir',
    'file 600 5:6 o/dir/f = f',
    'file 600 5:6 o/dir/h == o/dir/f',
    'symlink 777 0:0 o/dir/l -> f',
    'file 4755 0:0 o/exe = #!',
    'fifo 600 0:0 o/pipe',
    'char 666 0:0 o/null 1,3',
  ]);
});

test('--chown overrides every owner, --chmod is ignored', async () => {
  const from = treeOf({ 'a.tar': { content: archiveOf(TREE.slice(0, 4)) } });
  expect(await copy(['a.tar'], '/p/o/', { from, unpack: true, chown: '50:60', chmod: '700' })).toEqual([
    'directory 755 50:60 p',
    'directory 755 50:60 p/o',
    'file 644 50:60 p/o/top.txt = top',
    'directory 750 50:60 p/o/dir',
    'file 600 50:60 p/o/dir/f = f',
    'symlink 777 50:60 p/o/dir/l -> f',
  ]);
});

test('parents without an entry are 0755 of root', async () => {
  expect(await add([{ name: 'a/b/c', content: 'x', uid: 5 }], '/o')).toEqual([
    'directory 755 0:0 o',
    'directory 755 0:0 o/a',
    'directory 755 0:0 o/a/b',
    'file 644 5:0 o/a/b/c = x',
  ]);
});

test.each([
  ['/abs/f', 'o/abs/f'],
  ['../../../evil', 'o/evil'],
  ['a/../b', 'o/b'],
  ['./c', 'o/c'],
])('the entry %s lands at %s', async (name, path) => {
  expect((await add([{ name, content: 'x' }], '/o')).at(-1)).toBe(`file 644 0:0 ${path} = x`);
});

test('a ./ entry says nothing about the destination', async () => {
  expect(await add([{ name: './', flag: '5', mode: 0o711, uid: 7 }, { name: './f' }], '/o')).toEqual([
    'directory 755 0:0 o',
    'file 644 0:0 o/f = ',
  ]);
});

test('a directory entry changes an existing directory, a parent without an entry stays as it is', async () => {
  const image = { 'etc/passwd': 'old', 'tmp/': { mode: 0o1777 } };
  const entries = [
    { name: 'etc/', flag: '5', mode: 0o711, uid: 3, gid: 4 },
    { name: 'etc/passwd', content: 'new' },
    { name: 'tmp/x', content: 'x' },
  ];
  expect(await add(entries, '/', image)).toEqual([
    'directory 711 3:4 etc',
    'file 644 0:0 etc/passwd = new',
    'directory 1777 0:0 tmp',
    'file 644 0:0 tmp/x = x',
  ]);
});

test('whatever is in the way is replaced, whatever its type', async () => {
  const image = { 'file/k': 'k', dir: 'f', 'real/k': 'k', link: { symlink: 'real' } };
  const entries = [
    { name: 'file', content: 'x' },
    { name: 'dir/', flag: '5', mode: 0o700 },
    { name: 'dir/y', content: 'y' },
    { name: 'link/', flag: '5' },
    { name: 'link/f', content: 'f' },
  ];
  expect(await add(entries, '/', image)).toEqual([
    'file 644 0:0 file = x',
    'directory 700 0:0 dir',
    'file 644 0:0 dir/y = y',
    'directory 755 0:0 link',
    'file 644 0:0 link/f = f',
  ]);
});

test('a directory that comes back after something else was in its place hides the old contents', async () => {
  const entries = [
    { name: 'd', content: 'x' },
    { name: 'd/', flag: '5' },
    { name: 'd/new', content: 'n' },
  ];
  expect(await add(entries, '/', { 'd/old/deep': 'o' })).toEqual([
    'directory 755 0:0 d opaque',
    'file 644 0:0 d/new = n',
  ]);
});

test('of entries of one name the last one wins', async () => {
  const entries = [
    { name: 'f', content: 'one', mode: 0o600 },
    { name: 'x', flag: '2', link: 'f' },
    { name: 'f', content: 'two' },
    { name: 'x', content: 'file' },
  ];
  expect(await add(entries, '/')).toEqual(['file 644 0:0 f = two', 'file 644 0:0 x = file']);
});

test('a directory that becomes a file takes its contents along', async () => {
  expect(
    await add(
      [
        { name: 'd/a/b', content: 'x' },
        { name: 'd', content: 'y' },
      ],
      '/',
    ),
  ).toEqual(['file 644 0:0 d = y']);
});

test('mode and owner of a hardlink entry are those of the file', async () => {
  const entries = [
    { name: 'f', content: 'f', mode: 0o600, uid: 5, gid: 6 },
    { name: 'z/h', flag: '1', link: './f', mode: 0o640, uid: 7, gid: 8 },
  ];
  expect(await add(entries, '/')).toEqual(['file 640 7:8 f = f', 'directory 755 0:0 z', 'file 640 7:8 z/h == f']);
});

test('a hardlinked file whose first name is replaced keeps its place in the archive', async () => {
  const entries = [
    { name: 'f', content: 'one' },
    { name: 'g', content: 'two' },
    { name: 'd/h', flag: '1', link: 'f' },
    { name: 'f', content: 'three' },
  ];
  expect(await add(entries, '/')).toEqual([
    'directory 755 0:0 d',
    'file 644 0:0 d/h = one',
    'file 644 0:0 g = two',
    'file 644 0:0 f = three',
  ]);
});

test.each([
  ['a missing target', [{ name: 'h', flag: '1', link: 'gone' }]],
  ['itself', [{ name: 'h', flag: '1', link: 'h' }]],
  [
    'a directory',
    [
      { name: 'd/', flag: '5' },
      { name: 'h', flag: '1', link: 'd' },
    ],
  ],
  ['a file of the image', [{ name: 'h', flag: '1', link: 'image-file' }]],
])('a hardlink to %s is an error', async (_, entries) => {
  await expect(add(entries, '/', { 'image-file': 'x' })).rejects.toMatchObject({
    code: 'ERR_TSBUILD_COPY',
    message: expect.stringContaining('cannot unpack "h"'),
  });
});

test('links of the archive lead within the destination only', async () => {
  const image = { 'etc/passwd': 'p', 'o/etc/': {} };
  const absolute = [
    { name: 'l', flag: '2', link: '/etc' },
    { name: 'l/f', content: 'x' },
  ];
  const climbing = [
    { name: 'l', flag: '2', link: '../../etc' },
    { name: 'l/f', content: 'x' },
  ];
  for (const entries of [absolute, climbing]) {
    expect((await add(entries, '/o', image)).at(-1)).toBe('file 644 0:0 o/etc/f = x');
  }
});

test.each([
  [
    'leads to nothing',
    [
      { name: 'l', flag: '2', link: '/etc' },
      { name: 'l/hacked', content: 'x' },
    ],
  ],
  ['leads to a file', [{ name: 'f' }, { name: 'l', flag: '2', link: 'f' }, { name: 'l/hacked', content: 'x' }]],
  [
    'is a loop',
    [
      { name: 'l', flag: '2', link: 'l' },
      { name: 'l/hacked', content: 'x' },
    ],
  ],
])('an entry below a link that %s is an error', async (_, entries) => {
  await expect(add(entries, '/o', { 'etc/': {} })).rejects.toMatchObject({
    code: 'ERR_TSBUILD_COPY',
    message: 'cannot unpack "l/hacked": "l" is no directory of the destination',
  });
});

test('an entry below a file is an error', async () => {
  await expect(
    add(
      [
        { name: 'f', content: 'x' },
        { name: 'f/g', content: 'y' },
      ],
      '/o',
    ),
  ).rejects.toThrow('cannot unpack "f/g": "f" is no directory of the destination');
});

test('security.capability is kept, other xattrs are not', async () => {
  const capability = Uint8Array.of(1, 0, 0, 2, 0, 0x20, 0xff, 0);
  const content = archiveOf([
    { name: 'cap', xattrs: { 'security.capability': capability } },
    { name: 'note', xattrs: { 'user.note': capability } },
  ]);
  const { entries } = await copyLayer(['a'], '/', { from: treeOf({ a: { content } }), unpack: true });
  expect(entries[0]).toMatchObject({ path: 'cap', xattrs: { 'security.capability': capability } });
  expect(entries[1]).not.toHaveProperty('xattrs');
});

test('an entry named as a whiteout deletes from the image', async () => {
  const image = { 'o/x/y': '1', 'o/z': '1' };
  const entries = [{ name: '.wh.x' }, { name: '.wh.gone' }, { name: 'f', content: 'f' }];
  expect(await add(entries, '/o', image)).toEqual(['directory 755 0:0 o', 'file 644 0:0 o/f = f', 'whiteout o/x']);
});

test('what counts is the content: archives of any name are unpacked, other files and directories are copied', async () => {
  const from = treeOf({
    'data.txt': { content: gzipSync(archiveOf([{ name: 'in', content: '1' }])) },
    'empty.tar': { content: Buffer.alloc(1024) },
    'text.tar': 'plain text',
    'zero.tar.gz': '',
    'cut.tar.gz': { content: gzipSync(archiveOf([{ name: 'in', content: '1' }])).subarray(0, 20) },
    'notes.gz': { content: gzipSync('no archive') },
    'd/b.tar': { content: archiveOf([{ name: 'no' }]) },
    link: { symlink: 'data.txt' },
  });
  const names = (lines: readonly string[]): string[] =>
    lines.map((line) => line.replace(/^\w+ \d+ 0:0 (\S+).*$/s, '$1'));

  expect(await copy(['data.txt'], '/o', { from, unpack: true })).toEqual([
    'directory 755 0:0 o',
    'file 644 0:0 o/in = 1',
  ]);
  expect(await copy(['link'], '/o', { from, unpack: true })).toEqual(['directory 755 0:0 o', 'file 644 0:0 o/in = 1']);
  expect(names(await copy(['*.tar', '*.gz', 'd', 'data.txt'], '/o/', { from, unpack: true }))).toEqual([
    'o',
    'o/empty.tar',
    'o/text.tar',
    'o/cut.tar.gz',
    'o/notes.gz',
    'o/zero.tar.gz',
    'o/b.tar',
    'o/in',
  ]);
});

test('without unpack an archive is a file', async () => {
  const from = treeOf({ 'a.tar': { content: archiveOf([{ name: 'in' }]) } });
  expect((await copyLayer(['a.tar'], '/', { from })).entries).toMatchObject([{ path: 'a.tar', size: 1536 }]);
});

test('an archive that is cut within an entry is an error', async () => {
  const content = archiveOf([{ name: 'f', content: 'x'.repeat(2000) }]).subarray(0, 1000);
  await expect(copy(['a'], '/', { from: treeOf({ a: { content } }), unpack: true })).rejects.toMatchObject({
    code: 'ERR_TSBUILD_LAYER',
    message: expect.stringMatching(/EOF/),
  });
});

test('a file as destination is an error', async () => {
  await expect(add([{ name: 'x' }], '/etc/passwd', { 'etc/passwd': '' })).rejects.toThrow(
    '"/etc/passwd" is not a directory',
  );
});

test('--link unpacks onto nothing', async () => {
  const from = treeOf({ a: { content: archiveOf([{ name: 'in', content: 'i', uid: 3, gid: 4 }]) } });
  const onto = treeOf({ 'o/': { mode: 0o700 } });
  expect(await copy(['a'], '/o/', { from, onto, unpack: true, link: true })).toEqual([
    'directory 755 0:0 o',
    'file 644 3:4 o/in = i',
  ]);
});
