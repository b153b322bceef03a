import { type DiffId, digestOf, toDiffId } from '@tsbuild/core';
import { createLayerWriter, type LayerTree, mergeTrees, openLayerTree, writeWorkdir } from '@tsbuild/layer';
import { expect, test } from 'vitest';
import { forgetfulIngest } from '../plan/read-only-store.ts';
import { type Chain, extendChain } from './chain.ts';
import { createMergedTrees } from './merged-trees.ts';

async function layerOf(path: string): Promise<{ readonly diffId: DiffId; readonly tree: LayerTree }> {
  const writer = createLayerWriter(forgetfulIngest());
  await writeWorkdir(writer, { destination: mergeTrees([]), path, createdTime: 0 });
  const { diffId, index } = await writer.finish();
  return { diffId, tree: openLayerTree(index, '') };
}

test('each of many steps opens the layer that it adds, and no other', async () => {
  const layers = await Promise.all(['/a', '/b', '/c', '/d'].map(layerOf));
  const opened: DiffId[] = [];
  const treeOf = createMergedTrees(async ({ diffId }) => {
    opened.push(diffId);
    const found = layers.find((layer) => layer.diffId === diffId);
    if (found === undefined) throw new Error(`no layer ${diffId}`);
    return found.tree;
  });
  let chain: Chain = [];

  for (const { diffId } of layers.slice(0, 3)) {
    chain = extendChain(chain, { diffId });
    (await treeOf(chain)).list('');
  }
  const skipping = extendChain(chain, { diffId: toDiffId(digestOf('never asked for')) });
  chain = extendChain(chain, { diffId: layers[3]?.diffId ?? toDiffId(digestOf('')) });

  expect((await treeOf(chain)).list('')).toEqual(['a', 'b', 'c', 'd']);
  expect(opened).toEqual(layers.map(({ diffId }) => diffId));
  await expect(treeOf(skipping)).rejects.toThrow('no layer');
  expect((await treeOf([...chain])).list('')).toEqual(['a', 'b', 'c', 'd']);
});
