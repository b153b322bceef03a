import type { Digest, WrittenLayer } from '@tsbuild/core';
import { type LayerTree, openLayerTree } from '@tsbuild/layer';
import type { Store } from '@tsbuild/store';
import type { ChainLayer } from '../solve/chain.ts';
import type { Layers } from '../solve/layers.ts';
import { createMergedTrees } from '../solve/merged-trees.ts';
import { UnknownError } from './unknown-error.ts';

/** The layers of the store, and those that a build would write: of these, the entries are known and the bytes are not kept. */
export interface PlannedLayers extends Layers {
  add(layer: WrittenLayer): ChainLayer;
}

/** Reads no layer that is not in the store already. */
export function createPlannedLayers(layers: Layers, store: Store): PlannedLayers {
  const planned = new Map<Digest, LayerTree>();

  async function layerTree(layer: ChainLayer, signal?: AbortSignal): Promise<LayerTree> {
    const known = planned.get(layer.diffId);
    if (known !== undefined) return known;
    if ((await store.trees.get(layer.diffId)) === undefined) throw new UnknownError(`layer ${layer.diffId} is read`);
    return layers.layerTree(layer, signal);
  }

  return {
    ...layers,
    layerTree,
    tree: createMergedTrees(layerTree),
    add({ diffId, contentId, index }) {
      const missing = () => Promise.reject(new UnknownError(`layer ${diffId} is written`));
      planned.set(diffId, openLayerTree(index, missing));
      return { diffId, contentId };
    },
  };
}
