import { LayerError } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { archive, header, member, streamOf } from '../../test/archive.ts';
import { indexLayer } from '../index/layer-indexer.ts';
import { openLayerTree } from '../tree/layer-tree.ts';

const link = (name: string, target: string): Buffer => header({ name, type: '2', link: target });

test.each([
  ['itself', [link('a', 'a')]],
  ['one another', [link('a', 'b'), link('b', 'a')]],
  ['ever longer paths', [link('a', 'b/b/b/b'), link('b', 'a/a/a/a')]],
])('a name below links to %s is refused', async (_what, links) => {
  const indexing = indexLayer(streamOf(archive(...links, member('a/x'))));

  await expect(indexing).rejects.toThrow(LayerError);
  await expect(indexing).rejects.toThrow('too many symlinks in "a"');
});

test('links in a loop are fine as long as nothing is below them', async () => {
  const tree = openLayerTree((await indexLayer(streamOf(archive(link('a', 'b'), link('b', 'a'))))).index, '/none');

  expect(tree.list('')).toEqual(['a', 'b']);
});

test('a hard link to itself is refused or means another layer', async () => {
  const tree = openLayerTree(
    (await indexLayer(streamOf(archive(header({ name: 'a', type: '1', link: 'a' }))))).index,
    '/none',
  );

  expect(tree.lookup('a')).toMatchObject({ hardlink: 'a', size: 0 });
  expect(tree.contentOf('a')).toBeUndefined();
});
