import type { BuiltImage } from '../result.ts';
import type { Layers } from '../solve/layers.ts';
import type { AssembledImage } from './assemble.ts';
import { imageLayers } from './image-layers.ts';
import { createImageTree } from './image-tree.ts';

/** An image as users of the API hold it. */
export function builtImage(
  { config, configDescriptor, chain }: Pick<AssembledImage, 'config' | 'configDescriptor' | 'chain'>,
  layers: Layers,
): BuiltImage {
  return {
    id: configDescriptor.digest,
    config,
    tree: async () => createImageTree(await layers.tree(chain)),
    layers: () => imageLayers(chain, layers),
  };
}
