import { digestOf, LayerError } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { archive, header, member, streamOf } from '../../test/archive.ts';
import { indexLayer } from '../index/layer-indexer.ts';
import { type LayerTree, openLayerTree } from '../tree/layer-tree.ts';

const dir = (name: string): Buffer => header({ name: `${name}/`, type: '5' });
const link = (name: string, target: string): Buffer => header({ name, type: '2', link: target });

async function treeOf(...parts: Buffer[]): Promise<LayerTree> {
  return openLayerTree((await indexLayer(streamOf(archive(...parts)))).index, '/none');
}

const show = (tree: LayerTree): string[] => [...tree.entries()].map(({ type, path }) => `${type} ${path}`);

test('every change of type takes what was below with it', async () => {
  expect(show(await treeOf(dir('a'), member('a/x'), member('a')))).toEqual(['file a']);
  expect(show(await treeOf(dir('a'), member('a/x'), link('a', 'b')))).toEqual(['symlink a']);
  expect(show(await treeOf(member('a'), dir('a'), member('a/y')))).toEqual(['directory a', 'file a/y']);
  expect(show(await treeOf(link('a', 'b'), dir('a'), member('a/y')))).toEqual(['directory a', 'file a/y']);
  expect(show(await treeOf(dir('a'), member('a/.wh.x'), member('a')))).toEqual(['file a']);
});

test('a directory that became a link and is written to again is written where the link leads', async () => {
  const tree = await treeOf(dir('a'), member('a/x', 'first'), link('a', 'b'), member('a/x', 'second'));

  expect(show(tree)).toEqual(['symlink a', 'file b/x']);
  expect(tree.lookup('b/x')?.digest).toBe(digestOf('second'));
});

test('nothing can be below a file', async () => {
  await expect(treeOf(member('a'), member('a/x'))).rejects.toThrow(LayerError);
  await expect(treeOf(member('a'), member('a/x'))).rejects.toThrow('"a" is not a directory, but "a" leads through it');
  await expect(treeOf(dir('a'), header({ name: 'h', type: '1', link: 'a' }))).rejects.toThrow(
    'hard link "h" to a directory',
  );
});

test('a link replaces what had its name', async () => {
  const tree = await treeOf(
    member('a', '1'),
    member('b', '2'),
    header({ name: 'b', type: '1', link: 'a' }),
    header({ name: 'a', type: '1', link: 'a' }),
  );

  expect(show(tree)).toEqual(['file b', 'file a']);
  expect(tree.lookup('a')).toMatchObject({ hardlink: 'b', digest: digestOf('1') });
});

test('ten thousand turns between types leave no trace', async () => {
  const turns: Buffer[] = [];
  for (let index = 0; index < 2500; index++) turns.push(dir('a'), member('a/x'), member('a'), link('a', 'b'));

  const { index } = await indexLayer(streamOf(archive(...turns)));

  expect(show(openLayerTree(index, '/none'))).toEqual(['symlink a']);
  expect(index.length).toBeLessThan(400);
});

test('what remains after thousands of replaced files has its own contents, also by a further name', async () => {
  const turns = Array.from({ length: 4000 }, (_, turn) => member('often', `content ${turn}`));
  const further = header({ name: 'further', type: '1', link: 'often' });
  const tree = await treeOf(member('first', '1'), member('often', 'linked'), further, ...turns, member('last', '2'));

  const digests = Object.fromEntries(tree.list('').map((path) => [path, tree.lookup(path)?.digest]));

  expect(digests).toEqual({
    first: digestOf('1'),
    further: digestOf('linked'),
    last: digestOf('2'),
    often: digestOf('content 3999'),
  });
});
