import type { FileTree } from '@tsbuild/core';
import { extendTree, type LayerTree, type MergedTree, mergeTrees } from '@tsbuild/layer';
import { type Chain, type ChainLayer, chainBelow } from './chain.ts';

/** As many roots as stages may be at work on at the same time, and some. */
const MAX_KEPT = 32;

/**
 * Merged file systems of chains. A root is made of that of the nearest step below that was asked for, so that each of
 * many steps costs what it adds.
 */
export function createMergedTrees(
  layerTree: (layer: ChainLayer, signal?: AbortSignal) => Promise<LayerTree>,
): (chain: Chain, signal?: AbortSignal) => Promise<FileTree> {
  const kept = new Map<Chain, MergedTree>();

  function nearest(chain: Chain): Chain | undefined {
    let below: Chain | undefined = chain;
    while (below !== undefined && !kept.has(below)) below = chainBelow(below);
    return below;
  }

  function keep(chain: Chain, tree: MergedTree): MergedTree {
    kept.delete(chain);
    kept.set(chain, tree);
    for (const oldest of kept.keys()) {
      if (kept.size <= MAX_KEPT) break;
      kept.delete(oldest);
    }
    return tree;
  }

  return async (chain, signal) => {
    const below = nearest(chain);
    const start = below === undefined ? undefined : kept.get(below);
    const layers = await Promise.all(chain.slice(below?.length ?? 0).map((layer) => layerTree(layer, signal)));
    return keep(chain, start === undefined ? mergeTrees(layers) : layers.reduce(extendTree, start));
  };
}
