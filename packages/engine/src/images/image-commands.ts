import type { BuilderResources } from '../builder-resources.ts';
import type { Builder } from '../builder-types.ts';

type ImageCommands = Pick<
  Builder,
  'images' | 'inspect' | 'pull' | 'push' | 'tag' | 'remove' | 'save' | 'load' | 'import'
>;

/** What a builder does with whole images. Each is loaded when it is called: most builds need none. */
export function imageCommands(resources: BuilderResources): ImageCommands {
  const { store } = resources;
  return {
    images: async () => (await import('./list-images.ts')).listImages(store),
    inspect: async (reference, options) =>
      (await import('./describe-image.ts')).describeImage(store, reference, options),
    pull: async (reference, options = {}) =>
      (await import('./pull-image.ts')).pullImages(reference, options, resources),
    push: async (reference, options = {}) =>
      (await import('./push-image.ts')).pushImages(reference, options, resources),
    tag: async (source, name) => (await import('./tag-image.ts')).tagImage(store, source, name),
    remove: async (reference, options) => (await import('./remove-image.ts')).removeImage(store, reference, options),
    save: async (references, options = {}) =>
      (await import('./save-images.ts')).saveImages(references, options, resources),
    load: async (archive, options = {}) => (await import('./load-images.ts')).loadImages(archive, options, resources),
    import: async (archive, options = {}) =>
      (await import('./import-image.ts')).importImage(archive, options, resources),
  };
}
