import { layerUsage } from '@tsbuild/layer';
import type { ImageLayer } from '../result.ts';
import type { Chain } from '../solve/chain.ts';
import type { Layers } from '../solve/layers.ts';

/** Size, waste and entries of each layer of a chain. */
export async function imageLayers(chain: Chain, layers: Layers): Promise<readonly ImageLayer[]> {
  const trees = await Promise.all(chain.map(async (layer) => ({ layer, tree: await layers.layerTree(layer) })));
  const usage = layerUsage(trees.map(({ tree }) => tree));
  return trees.map(({ layer, tree }, at) => {
    const { size, hidden } = usage[at] ?? { size: 0, hidden: 0 };
    return { diffId: layer.diffId, size, hidden, entryCount: count(tree.entries()), entries: () => tree.entries() };
  });
}

function count(entries: Iterable<unknown>): number {
  let number = 0;
  for (const _ of entries) number++;
  return number;
}
