import type { BuilderResources } from '../builder-resources.ts';
import type { Builder } from '../builder-types.ts';

type ImageCommands = Pick<
  Builder,
  'images' | 'inspect' | 'pull' | 'push' | 'tag' | 'remove' | 'save' | 'load' | 'import'
>;

/** What a builder does with whole images. Each is loaded when it is called: most builds need none. */
export function imageCommands(resources: BuilderResources): ImageCommands {
  const { store } = resources;
  /** A collection that begins meanwhile takes nothing that the command has found or brought. */
  async function held<T>(work: () => Promise<T>): Promise<T> {
    await using _hold = store.hold();
    return await work();
  }
  return {
    images: async () => (await import('./list-images.ts')).listImages(store),
    inspect: async (reference, options) =>
      (await import('./describe-image.ts')).describeImage(store, reference, options),
    pull: (reference, options = {}) =>
      held(async () => (await import('./pull-image.ts')).pullImages(reference, options, resources)),
    push: (reference, options = {}) =>
      held(async () => (await import('./push-image.ts')).pushImages(reference, options, resources)),
    tag: (source, name) => held(async () => (await import('./tag-image.ts')).tagImage(store, source, name)),
    remove: async (reference, options) => (await import('./remove-image.ts')).removeImage(store, reference, options),
    save: async (references, options = {}) =>
      (await import('./save-images.ts')).saveImages(references, options, resources),
    load: (archive, options = {}) =>
      held(async () => (await import('./load-images.ts')).loadImages(archive, options, resources)),
    import: (archive, options = {}) =>
      held(async () => (await import('./import-image.ts')).importImage(archive, options, resources)),
  };
}
