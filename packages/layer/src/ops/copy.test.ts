import { expect, test } from 'vitest';
import { copy, copyLayer, treeOf } from '../../test/recorded-layer.ts';

const from = treeOf({
  f: 'x',
  g: { content: '#!', mode: 0o4755 },
  'd/': { mode: 0o750 },
  'd/a': 'A',
  'd/s/': { mode: 0o700 },
  'd/s/b': { content: 'B', mode: 0o600 },
  'd/l': { symlink: 's/b' },
});

test.each([
  ['/x/y/g', ['x', 'x/y', 'x/y/g']],
  ['/x/y/', ['x', 'x/y', 'x/y/f']],
  ['/x/.', ['x', 'x/f']],
  ['/', ['f']],
  ['.', ['w', 'w/f']],
  ['./', ['w', 'w/f']],
  ['rel/', ['w', 'w/rel', 'w/rel/f']],
  ['../up', ['up']],
  ['../../../../top', ['top']],
  ['//a//b/./c/../d', ['a', 'a/b', 'a/b/d']],
])('a file copied to %s onto nothing', async (target, paths) => {
  const lines = await copy(['f'], target, { from, workdir: '/w' });
  expect(lines).toEqual(
    paths.map((path, index) => (index < paths.length - 1 ? `directory 755 0:0 ${path}` : `file 644 0:0 ${path} = x`)),
  );
});

test('an existing directory takes a file inside, with and without a slash', async () => {
  const onto = treeOf({ 'tmp/': { mode: 0o1777 }, link: { symlink: 'tmp' } });
  const expected = ['directory 1777 0:0 tmp', 'file 644 0:0 tmp/f = x'];
  for (const target of ['/tmp', '/tmp/', '/link', '/link/']) {
    expect(await copy(['f'], target, { from, onto })).toEqual(expected);
  }
});

test('a directory gives its contents to a new directory, which does not take its mode', async () => {
  expect(await copy(['d'], '/p/out', { from })).toEqual([
    'directory 755 0:0 p',
    'directory 755 0:0 p/out',
    'file 644 0:0 p/out/a = A',
    'symlink 777 0:0 p/out/l -> s/b',
    'directory 700 0:0 p/out/s',
    'file 600 0:0 p/out/s/b = B',
  ]);
});

test('an empty directory still makes the destination', async () => {
  expect(await copy(['e'], '/x', { from: treeOf({ 'e/': { mode: 0o700 } }) })).toEqual(['directory 755 0:0 x']);
});

test('a lone wildcard that matches nothing writes nothing', async () => {
  expect(await copy(['*.none'], '/o/', { from })).toEqual([]);
});

test('on a merge, directories below the destination take the source’s metadata, others keep theirs', async () => {
  const onto = treeOf({
    'o/': { mode: 0o711, uid: 3, gid: 4 },
    'o/s/': { mode: 0o755, uid: 5, gid: 6 },
    'o/s/keep': 'k',
    'o/other/': { mode: 0o700 },
  });
  expect(await copy(['d'], '/o', { from, onto })).toEqual([
    'directory 711 3:4 o',
    'file 644 0:0 o/a = A',
    'symlink 777 0:0 o/l -> s/b',
    'directory 700 0:0 o/s',
    'file 600 0:0 o/s/b = B',
  ]);
});

test('xattrs of directories that are repeated or merged stay', async () => {
  const value = Uint8Array.of(1);
  const xattrs = { 'security.selinux': value };
  const onto = treeOf({ 'o/': { xattrs }, 'o/s/': { xattrs } });
  const { entries } = await copyLayer(['d'], '/o', { from, onto });
  expect(entries.filter((entry) => 'xattrs' in entry).map(({ path }) => path)).toEqual(['o', 'o/s']);
});

test('several sources follow one another, and the last one wins', async () => {
  const sources = treeOf({ 'a/x': 'ax', 'a/y': 'ay', 'b/y': 'by', 'b/z': 'bz' });
  expect(await copy(['a', 'b'], '/o/', { from: sources })).toEqual([
    'directory 755 0:0 o',
    'file 644 0:0 o/x = ax',
    'file 644 0:0 o/y = by',
    'file 644 0:0 o/z = bz',
  ]);
});

test('several files without a slash are written to one new file, the last one wins', async () => {
  expect(await copy(['f', 'd/a'], '/o', { from })).toEqual(['file 644 0:0 o = A']);
});

test.each([
  ['a relative link', 'rel', '/rel/bin/n', 'real/bin'],
  ['an absolute link', 'abs', '/abs/n', 'real'],
  ['a chain of links', 'chain', '/chain/n', 'real'],
  ['a link that climbs above the root', 'up', '/up/n', 'real'],
])('%s in the destination is followed', async (_, __, target, directory) => {
  const onto = treeOf({
    'real/bin/': {},
    rel: { symlink: 'real' },
    abs: { symlink: '/real' },
    chain: { symlink: 'rel' },
    up: { symlink: '../../../real' },
  });
  expect((await copy(['f'], target, { from, onto })).at(-1)).toBe(`file 644 0:0 ${directory}/n = x`);
});

test('a dangling link is followed, its target is made', async () => {
  const onto = treeOf({ l: { symlink: '/missing/dir' }, file: { symlink: 'nowhere' } });
  expect(await copy(['f'], '/l/n', { from, onto })).toEqual([
    'directory 755 0:0 missing',
    'directory 755 0:0 missing/dir',
    'file 644 0:0 missing/dir/n = x',
  ]);
  expect(await copy(['f'], '/file', { from, onto })).toEqual(['file 644 0:0 nowhere = x']);
});

test('a link to a file as destination is followed, one that the tree meets is replaced', async () => {
  const onto = treeOf({ target: 'old', link: { symlink: 'target' }, 'o/a': { symlink: 't' } });
  expect(await copy(['f'], '/link', { from, onto })).toEqual(['file 644 0:0 target = x']);
  expect((await copy(['d'], '/o', { from, onto }))[1]).toBe('file 644 0:0 o/a = A');
});

test('links replace files and links', async () => {
  const onto = treeOf({ 'o/l': 'old' });
  expect(await copy(['d'], '/o', { from, onto })).toContain('symlink 777 0:0 o/l -> s/b');
  expect(await copy(['d'], '/o', { from, onto: treeOf({ 'o/l': { symlink: 'x' } }) })).toContain(
    'symlink 777 0:0 o/l -> s/b',
  );
});

test.each([
  ['a directory onto a file', ['d'], '/o/file', 'cannot copy to non-directory "/o/file"'],
  ['a tree’s directory onto a file', ['d'], '/clash/', 'cannot copy to non-directory "/clash/s"'],
  ['a tree’s directory onto a linked directory', ['d'], '/linked/', 'cannot copy to non-directory "/linked/s"'],
  ['a tree’s file onto a directory', ['d'], '/busy/', 'cannot replace the directory "/busy/a" with a file'],
  ['a tree’s link onto a directory', ['d'], '/busy2/', 'cannot replace the directory "/busy2/l" with a symlink'],
  [
    'a file into a directory that has one of its name',
    ['f'],
    '/busy3/',
    'cannot replace the directory "/busy3/f" with a file',
  ],
  ['below a file', ['f'], '/o/file/x', '"/o/file" is not a directory'],
  ['a file with a slash', ['f'], '/o/file/', '"/o/file" is not a directory'],
  ['through a loop of links', ['f'], '/loop/x', 'too many symbolic links in "/loop"'],
])('%s is an error', async (_, sources, target, message) => {
  const onto = treeOf({
    'o/file': 'f',
    'clash/s': 'f',
    'real/': {},
    'linked/s': { symlink: '/real' },
    'busy/a/': {},
    'busy2/l/': {},
    'busy3/f/': {},
    loop: { symlink: 'loop' },
  });
  await expect(copy(sources, target, { from, onto })).rejects.toMatchObject({ code: 'ERR_TSBUILD_COPY', message });
});

test('--chown applies to everything copied and created, not to what exists', async () => {
  const onto = treeOf({ 'have/': {}, 'have/new/s/': {} });
  expect(await copy(['d'], '/have/new/deep/', { from, onto, chown: '5:6' })).toEqual([
    'directory 755 0:0 have',
    'directory 755 0:0 have/new',
    'directory 755 5:6 have/new/deep',
    'file 644 5:6 have/new/deep/a = A',
    'symlink 777 5:6 have/new/deep/l -> s/b',
    'directory 700 5:6 have/new/deep/s',
    'file 600 5:6 have/new/deep/s/b = B',
  ]);
  expect(await copy(['d'], '/have/new', { from, onto, chown: '5' })).toContain('directory 700 5:5 have/new/s');
});

test('an octal --chmod applies to everything but links, to created directories without special bits', async () => {
  expect(await copy(['d'], '/p/q/', { from, chmod: '4640' })).toEqual([
    'directory 640 0:0 p',
    'directory 640 0:0 p/q',
    'file 4640 0:0 p/q/a = A',
    'symlink 777 0:0 p/q/l -> s/b',
    'directory 4640 0:0 p/q/s',
    'file 4640 0:0 p/q/s/b = B',
  ]);
});

test('a symbolic --chmod starts from the source’s modes', async () => {
  expect(await copy(['d'], '/p', { from, chmod: 'u=rwX,go=rX' })).toEqual([
    'directory 755 0:0 p',
    'file 644 0:0 p/a = A',
    'symlink 777 0:0 p/l -> s/b',
    'directory 755 0:0 p/s',
    'file 644 0:0 p/s/b = B',
  ]);
});

test('owners, modes, devices and capabilities of a stage are kept, other xattrs are not', async () => {
  const capability = Uint8Array.of(1, 0, 0, 2);
  const stage = treeOf({
    'd/blk': { device: { type: 'block', major: 7, minor: 0 }, mode: 0o640 },
    'd/cap': { content: '', xattrs: { 'security.capability': capability, 'user.note': capability } },
    'd/f': { content: 'x', mode: 0o4711, uid: 11, gid: 12 },
    'd/l': { symlink: 'f', uid: 15, gid: 16 },
    'd/pipe': { fifo: true, mode: 0o600 },
  });
  expect(await copy(['/d'], '/out', { from: stage })).toEqual([
    'directory 755 0:0 out',
    'block 640 0:0 out/blk 7,0',
    'file 644 0:0 out/cap = ',
    'file 4711 11:12 out/f = x',
    'symlink 777 15:16 out/l -> f',
    'fifo 600 0:0 out/pipe',
  ]);
  const { entries } = await copyLayer(['d/cap'], '/', { from: stage });
  expect(entries).toMatchObject([{ path: 'cap', xattrs: { 'security.capability': capability } }]);
});

test('hardlinks stay linked within one source, and only there', async () => {
  const linked = treeOf({
    'd/a': 'data',
    'd/b': { hardlink: 'd/a' },
    'd/s/c': { hardlink: 'd/a' },
    'e/z': { hardlink: 'd/a' },
  });
  expect(await copy(['d', 'e'], '/o', { from: linked })).toEqual([
    'directory 755 0:0 o',
    'file 644 0:0 o/a = data',
    'file 644 0:0 o/b == o/a',
    'directory 755 0:0 o/s',
    'file 644 0:0 o/s/c == o/a',
    'file 644 0:0 o/z = data',
  ]);
});

test('when the first name of a hardlinked file is overwritten, the next one carries the bytes', async () => {
  const linked = treeOf({ 'd/a': 'data', 'd/b': { hardlink: 'd/a' }, 'e/a': 'other' });
  expect(await copy(['d', 'e'], '/o', { from: linked })).toEqual([
    'directory 755 0:0 o',
    'file 644 0:0 o/b = data',
    'file 644 0:0 o/a = other',
  ]);
});

test('--parents keeps the directories of the source with their modes', async () => {
  expect(await copy(['d/s/b', 'f'], '/p', { from, parents: true })).toEqual([
    'directory 755 0:0 p',
    'directory 750 0:0 p/d',
    'directory 700 0:0 p/d/s',
    'file 600 0:0 p/d/s/b = B',
    'file 644 0:0 p/f = x',
  ]);
});

test('--parents with --chown and --chmod applies them to the kept directories', async () => {
  expect(await copy(['d/s/b'], '/p', { from, parents: true, chown: '5:6', chmod: '700' })).toEqual([
    'directory 700 5:6 p',
    'directory 700 5:6 p/d',
    'directory 700 5:6 p/d/s',
    'file 700 5:6 p/d/s/b = B',
  ]);
});

test('--parents gives an existing directory the source’s mode and leaves its owner', async () => {
  const onto = treeOf({ 'p/d/': { mode: 0o777, uid: 9, gid: 9 } });
  expect(await copy(['d/a'], '/p', { from, onto, parents: true })).toEqual([
    'directory 755 0:0 p',
    'directory 750 9:9 p/d',
    'file 644 0:0 p/d/a = A',
  ]);
});

test('copied files keep their times, created directories have the time given, existing ones theirs', async () => {
  const dated = treeOf({ 'd/f': { content: '', mtime: 5.5 } });
  const onto = treeOf({ 'o/': { mtime: 7 } });
  const { entries } = await copyLayer(['d'], '/o/new', { from: dated, onto });
  expect(entries).toMatchObject([{ mtime: 7 }, { mtime: 1000 }, { mtime: 5.5 }]);
});

test('names of any kind arrive unchanged', async () => {
  const names = ['a b', '[x]', '-rf', 'é ü', 'it\'s "q"', 't\tb', '50%', 'back\\slash', 'new\nline', '*', '\udcff'];
  const odd = treeOf(Object.fromEntries(names.map((name) => [`d/${name}`, ''])));
  const lines = await copy(['d'], '/o', { from: odd });
  expect(new Set(lines.slice(1))).toEqual(new Set(names.map((name) => `file 644 0:0 o/${name} = `)));
});
