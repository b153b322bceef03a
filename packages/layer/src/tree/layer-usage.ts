import { joinPath } from '@tsbuild/core';
import type { LayerTree } from './layer-tree.ts';
import { type MergedTree, mergeTrees } from './merged-tree.ts';

/** What a layer is good for in its image. */
export interface LayerUsage {
  /** Bytes of the layer's files, each counted once however many names it has. */
  readonly size: number;
  /** Of these, the bytes of files that no name is left of: later layers replaced or deleted them. */
  readonly hidden: number;
}

/** Size and waste of each layer, bottom first. Reads every entry of every layer. */
export function layerUsage(layers: readonly LayerTree[]): LayerUsage[] {
  const visible = visibleBytes(mergeTrees(layers), layers);
  return layers.map((layer, number) => {
    const size = fileBytes(layer);
    return { size, hidden: size - (visible[number] ?? 0) };
  });
}

function fileBytes(layer: LayerTree): number {
  let bytes = 0;
  for (const entry of layer.entries()) {
    if (entry.type === 'file' && entry.hardlink === undefined) bytes += entry.size;
  }
  return bytes;
}

function visibleBytes(tree: MergedTree, layers: readonly LayerTree[]): number[] {
  const bytes = layers.map(() => 0);
  const pending = [''];
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    for (const name of tree.list(directory)) {
      const path = joinPath(directory, name);
      const entry = tree.lookup(path);
      if (entry?.type === 'directory') pending.push(path);
      if (entry?.type !== 'file' || entry.hardlink !== undefined) continue;
      const layer = tree.layerOf(path);
      const isItsOwn = layer !== undefined && layers[layer]?.contentOf(path) !== undefined;
      if (isItsOwn) bytes[layer] = (bytes[layer] ?? 0) + entry.size;
    }
  }
  return bytes;
}
