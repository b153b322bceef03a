import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf, NotFoundError } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { archive, collect, header, padded, pax, streamOf } from '../../test/archive.ts';
import { directory, file, hardlink, layerTree, symlink, whiteout, writeLayer } from '../../test/entries.ts';
import { tempFolder } from '../../test/temp-folder.ts';
import { indexLayer } from '../index/layer-indexer.ts';
import { openLayerTree } from './layer-tree.ts';

const CAPABILITY = Uint8Array.of(1, 0, 0, 2);

test('a tree answers from the index alone', async () => {
  const { layer } = await writeLayer([
    directory('d', { mode: 0o700, uid: 7, gid: 8, mtime: 9.5 }),
    file('d/b', 'xy', { mode: 0o4755, xattrs: { 'security.capability': CAPABILITY } }),
    hardlink('d/a', 'd/b', { mode: 0o4755 }),
    symlink('l', '/d/b'),
    { path: 'null', type: 'char', mode: 0o666, uid: 0, gid: 0, size: 0, mtime: 0, device: { major: 1, minor: 3 } },
    whiteout('d/gone'),
    whiteout('d/b'),
  ]);
  const tree = openLayerTree(layer.index, '/does/not/exist');

  expect(tree.lookup('d')).toEqual({ path: 'd', type: 'directory', mode: 0o700, uid: 7, gid: 8, size: 0, mtime: 9 });
  expect(tree.lookup('d/b')).toEqual({
    path: 'd/b',
    type: 'file',
    mode: 0o4755,
    uid: 0,
    gid: 0,
    size: 2,
    mtime: 0,
    digest: digestOf('xy'),
    xattrs: { 'security.capability': CAPABILITY },
  });
  expect(tree.lookup('d/a')).toMatchObject({ hardlink: 'd/b', size: 2, digest: digestOf('xy') });
  expect(tree.lookup('l')).toMatchObject({ type: 'symlink', linkTarget: '/d/b' });
  expect(tree.lookup('null')).toMatchObject({ device: { major: 1, minor: 3 } });
  expect(tree.lookup('')).toMatchObject({ type: 'directory', implicit: true });
  expect(tree.lookup('d/gone')).toBeUndefined();
  expect(tree.lookup('l/b')).toBeUndefined();
  expect(tree.list('')).toEqual(['d', 'l', 'null']);
  expect(tree.list('d')).toEqual(['a', 'b']);
  expect(tree.list('l')).toEqual([]);
  expect(tree.whiteouts('d')).toEqual(['b', 'gone']);
});

test('entries come in the order of the tar', async () => {
  const { layer } = await writeLayer([file('z'), directory('a', { opaque: true }), whiteout('m'), file('a/x')]);
  const entries = [...openLayerTree(layer.index, '/none').entries()];

  expect(entries.map(({ type, path }) => `${type} ${path}`)).toEqual([
    'file z',
    'directory a',
    'whiteout m',
    'file a/x',
  ]);
  expect(entries[1]).toHaveProperty('opaque', true);
});

test('writing what a tree lists gives the same layer', async () => {
  await using folder = await tempFolder();
  const items = [directory('a', { opaque: true }), file('a/x', 'x'), hardlink('b', 'a/x'), whiteout('c')];
  const tree = await layerTree(folder.path, 'a.tar', items);
  const contents = new Map<string, Buffer>([['a/x', await collect(readOne(tree, 'a/x'))]]);

  const again = await writeLayer(
    [...tree.entries()].map((entry) => {
      const content = contents.get(entry.path);
      return content !== undefined && entry.type === 'file' ? { entry, content } : entry;
    }),
  );

  expect(again.layer).toEqual((await writeLayer(items)).layer);
});

async function* readOne(tree: Awaited<ReturnType<typeof layerTree>>, path: string): AsyncGenerator<Uint8Array> {
  for await (const { bytes } of tree.readMany([path])) yield bytes;
}

test('contents come in the order asked for, empty files as one chunk', async () => {
  await using folder = await tempFolder();
  const big = Buffer.alloc(1_500_000, 'abcdefg');
  const tree = await layerTree(folder.path, 'a.tar', [
    file('big', big),
    file('empty'),
    file('small', 'tiny'),
    hardlink('link', 'small'),
  ]);

  const chunks: string[] = [];
  let bigBytes = 0;
  for await (const { path, bytes, last } of tree.readMany(['small', 'empty', 'big', 'link'])) {
    if (path === 'big') bigBytes += bytes.length;
    if (path !== 'big' || last) chunks.push(`${path} ${path === 'big' ? '' : Buffer.from(bytes).toString()} ${last}`);
  }

  expect(chunks).toEqual(['small tiny true', 'empty  true', 'big  true', 'link tiny true']);
  expect(bigBytes).toBe(big.length);
});

test('files that are near one another are read with few reads, to and fro too', async () => {
  await using folder = await tempFolder();
  const content = (name: string) => name.repeat(2000);
  const names = Array.from({ length: 60 }, (_, at) => `f${at}`);
  const tree = await layerTree(
    folder.path,
    'a.tar',
    names.map((name) => file(name, content(name))),
  );
  const toAndFro = names.map((_, at) => names[(at * 7) % names.length] ?? '');

  const found = new Map<string, string>();
  const reads = await countReads(folder.path, async () => {
    for await (const { path, bytes } of tree.readMany(toAndFro))
      found.set(path, (found.get(path) ?? '') + Buffer.from(bytes).toString());
  });

  expect([...found]).toEqual(toAndFro.map((name) => [name, content(name)]));
  expect(reads).toBeLessThan(6);
});

/** How often files are read asynchronously while `work` runs. */
async function countReads(path: string, work: () => Promise<void>): Promise<number> {
  const handle = await open(path);
  const prototype = Object.getPrototypeOf(handle) as { read: (...args: unknown[]) => unknown };
  await handle.close();
  const { read } = prototype;
  let count = 0;
  prototype.read = function (...args) {
    count += 1;
    return read.apply(this, args);
  };
  try {
    await work();
  } finally {
    prototype.read = read;
  }
  return count;
}

test('the holes of a sparse file are read as zeros', async () => {
  await using folder = await tempFolder();
  const map = { 'GNU.sparse.map': '2,3,7,1', 'GNU.sparse.size': '10', 'GNU.sparse.name': 'disk' };
  const tar = archive(pax(map), Buffer.concat([header({ name: 'x', size: 4 }), padded('abcd')]));
  await writeFile(join(folder.path, 'sparse.tar'), tar);
  const { index } = await indexLayer(streamOf(tar));
  const tree = openLayerTree(index, async () => join(folder.path, 'sparse.tar'));

  expect((await collect(readOne(tree, 'disk'))).toString('latin1')).toBe('\0\0abc\0\0d\0\0');
  expect(tree.lookup('disk')?.digest).toBe(digestOf('\0\0abc\0\0d\0\0'));
});

test('only files have contents', async () => {
  await using folder = await tempFolder();
  const tree = await layerTree(folder.path, 'a.tar', [directory('d'), symlink('l', 'd')]);

  await expect(collect(readOne(tree, 'd'))).rejects.toThrow(NotFoundError);
  await expect(collect(readOne(tree, 'l'))).rejects.toThrow(NotFoundError);
  await expect(collect(readOne(tree, 'none'))).rejects.toThrow('no file "none"');
});

test('a tar that was cut is an error, not an endless read', async () => {
  await using folder = await tempFolder();
  const { layer, tar } = await writeLayer([file('a', Buffer.alloc(10_000))]);
  await writeFile(join(folder.path, 'cut.tar'), tar.subarray(0, 2000));
  const tree = openLayerTree(layer.index, join(folder.path, 'cut.tar'));

  await expect(collect(readOne(tree, 'a'))).rejects.toThrow('shorter than its index says');
});

test('a damaged index is refused', async () => {
  const { layer } = await writeLayer([file('a', 'x')]);
  const damaged = Buffer.from(layer.index);
  damaged.writeUInt8(99, damaged.length - 1);

  expect(() => openLayerTree(damaged, '/none')).toThrow('the index of a layer is damaged');
  expect(() => openLayerTree(layer.index.subarray(0, 50), '/none')).toThrow('the index of a layer is damaged');
  expect(() => openLayerTree(new Uint8Array(), '/none')).toThrow('the index of a layer is damaged');
});

test('reading stops when the signal fires', async () => {
  await using folder = await tempFolder();
  const tree = await layerTree(folder.path, 'a.tar', [file('a', 'x')]);
  const signal = AbortSignal.abort(new Error('enough'));

  const read = async (): Promise<void> => {
    for await (const _chunk of tree.readMany(['a'], { signal }));
  };
  await expect(read()).rejects.toThrow('enough');
});
