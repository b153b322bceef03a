import { digestOf } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { archive, collect, header, member, streamOf } from '../../test/archive.ts';
import { directory, file, hardlink, symlink, whiteout, writeLayer } from '../../test/entries.ts';
import { openLayerTree } from '../tree/layer-tree.ts';
import { createLayerIndexer, indexLayer } from './layer-indexer.ts';

const ITEMS = [
  directory('d', { opaque: true }),
  file('d/a', 'hello', { xattrs: { 'user.x': Buffer.from([0, 255]) } }),
  hardlink('d/b', 'd/a'),
  symlink('l', 'd/a'),
  whiteout('gone'),
  file('empty'),
];

/** The entries that an index of this tar lists. */
async function entriesOf(tar: Buffer): Promise<string[]> {
  const { index } = await indexLayer(streamOf(tar));
  return [...openLayerTree(index, '/none').entries()].map((entry) => {
    const link = entry.type === 'whiteout' ? undefined : entry.hardlink;
    return `${entry.type} ${entry.path}${link === undefined ? '' : ` = ${link}`}`;
  });
}

test.each([1, 100, 512, 1_000_000])('reading a tar in pieces of %i gives what writing it gave', async (chunkBytes) => {
  const { layer, tar } = await writeLayer(ITEMS);

  expect(await indexLayer(streamOf(tar, chunkBytes))).toEqual(layer);
});

test('a tar is indexed while it flows elsewhere', async () => {
  const { layer, tar } = await writeLayer(ITEMS);
  const indexer = createLayerIndexer();

  expect(await collect(indexer.through(streamOf(tar, 700)))).toEqual(tar);
  expect(indexer.finish()).toEqual(layer);
});

test('the diffId covers what follows the end marker', async () => {
  const tar = Buffer.concat([archive(member('a')), Buffer.alloc(8192)]);

  expect((await indexLayer(streamOf(tar))).diffId).toBe(digestOf(tar));
});

test('the last of several entries of one name wins', async () => {
  expect(await entriesOf(archive(member('a', '1'), member('b'), member('a', '2')))).toEqual(['file b', 'file a']);
});

test('an entry of another type replaces everything below', async () => {
  const tar = archive(member('a/b/c'), member('x'), header({ name: 'a', type: '2', link: 'x' }));

  expect(await entriesOf(tar)).toEqual(['file x', 'symlink a']);
});

test('a directory that comes again keeps its names and takes the new mode', async () => {
  const tar = archive(
    header({ name: 'd/', type: '5' }),
    member('d/a'),
    header({ name: 'd/', type: '5', mode: '0000700\0' }),
  );
  const tree = openLayerTree((await indexLayer(streamOf(tar))).index, '/none');

  expect(tree.list('d')).toEqual(['a']);
  expect(tree.lookup('d')?.mode).toBe(0o700);
});

test('missing parents exist and are told apart', async () => {
  const tree = openLayerTree((await indexLayer(streamOf(archive(member('a/b/c'))))).index, '/none');

  expect(tree.lookup('a/b')).toEqual({
    path: 'a/b',
    type: 'directory',
    mode: 0o755,
    uid: 0,
    gid: 0,
    size: 0,
    mtime: 0,
    implicit: true,
  });
  expect([...tree.entries()].map(({ path }) => path)).toEqual(['a/b/c']);
});

test('names below a symlink land where it leads, as unpacking does', async () => {
  const tar = archive(
    header({ name: 'lib', type: '2', link: '/usr/lib' }),
    member('lib/x'),
    header({ name: 'up', type: '2', link: '../../../etc' }),
    member('up/passwd'),
  );

  expect(await entriesOf(tar)).toEqual(['symlink lib', 'file usr/lib/x', 'symlink up', 'file etc/passwd']);
});

test('a further name keeps the file when the first name is replaced', async () => {
  const tar = archive(
    member('a', 'old'),
    header({ name: 'b', type: '1', link: 'a' }),
    header({ name: 'c', type: '1', link: 'b' }),
    member('a', 'new!'),
  );
  const tree = openLayerTree((await indexLayer(streamOf(tar))).index, '/none');

  expect(await entriesOf(tar)).toEqual(['file b', 'file c = b', 'file a']);
  expect(tree.lookup('b')).toMatchObject({ size: 3, digest: digestOf('old') });
  expect(tree.lookup('c')).toMatchObject({ size: 3, digest: digestOf('old'), hardlink: 'b' });
  expect(tree.lookup('a')).toMatchObject({ size: 4, digest: digestOf('new!') });
});

test('mode and owner of a further name are those of the file', async () => {
  const tar = archive(
    member('a', 'x'),
    header({ name: 'b', type: '1', link: 'a', mode: '0000600\0', uid: '0000007\0' }),
  );
  const tree = openLayerTree((await indexLayer(streamOf(tar))).index, '/none');

  expect(tree.lookup('a')).toMatchObject({ mode: 0o600, uid: 7 });
});

test('a link to a symlink is a symlink', async () => {
  const tar = archive(header({ name: 'l', type: '2', link: 'to' }), header({ name: 'm', type: '1', link: 'l' }));
  const tree = openLayerTree((await indexLayer(streamOf(tar))).index, '/none');

  expect(tree.lookup('m')).toMatchObject({ type: 'symlink', linkTarget: 'to', hardlink: 'l' });
});

test('a link to a file of another layer is kept as it is', async () => {
  const tree = openLayerTree(
    (await indexLayer(streamOf(archive(header({ name: 'b', type: '1', link: 'lower/a' }))))).index,
    '/none',
  );

  expect(tree.lookup('b')).toMatchObject({ type: 'file', size: 0, hardlink: 'lower/a' });
});
