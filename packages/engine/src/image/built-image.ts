import type { BuilderResources } from '../builder-resources.ts';
import type { BuiltImage } from '../result.ts';
import type { AssembledImage } from './assemble.ts';
import { imageLayers } from './image-layers.ts';
import { createImageTree } from './image-tree.ts';

/** An image as users of the API hold it. */
export function builtImage(
  { config, configDescriptor, chain }: Pick<AssembledImage, 'config' | 'configDescriptor' | 'chain'>,
  { layers, opened }: Pick<BuilderResources, 'layers' | 'opened'>,
): BuiltImage {
  return {
    id: configDescriptor.digest,
    config,
    tree: async () => createImageTree(await layers.tree(chain)),
    run: (args = [], options = {}) =>
      opened(async (resources) => {
        const { runInImage } = await import('../run/run-in-image.ts');
        return runInImage({ config, chain }, args, options, resources);
      }),
    layers: () => imageLayers(chain, layers),
  };
}
