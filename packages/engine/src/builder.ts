import { runBuild } from './build.ts';
import { readBuildFile } from './build-file.ts';
import { openResources } from './builder-resources.ts';
import type { Builder } from './builder-types.ts';
import { builtImage } from './image/built-image.ts';
import { imageCommands } from './images/image-commands.ts';
import type { BuilderOptions, BuildOptions } from './options.ts';
import { createBuildRecords } from './records/build-records.ts';
import { withTreeRemover } from './remove-store.ts';
import type { BuildResult } from './result.ts';

/**
 * Opens a store and gets ready to build; nothing is started before it is needed. Dispose it to end its sandbox and
 * connections.
 * @throws {TsbuildError} ERR_TSBUILD_STORE_FORMAT, ERR_TSBUILD_STORE, ERR_TSBUILD_PERMISSION
 * @example
 * await using builder = await createBuilder();
 * const { image } = await builder.build({ context: '.', tags: ['app:dev'] });
 */
export async function createBuilder(options: BuilderOptions = {}): Promise<Builder> {
  const resources = await openResources(options);
  const { store } = resources;
  return {
    root: store.root,
    build: (buildOptions) => runBuild(buildOptions, resources),
    read: (buildOptions) => readBuildFile(buildOptions, resources),
    async plan(buildOptions) {
      return (await import('./plan/plan.ts')).planBuild(buildOptions, resources);
    },
    builds: createBuildRecords(store.directory('builds')),
    usage: (usageOptions) => store.usage(usageOptions),
    prune: (policy = { maxSize: options.maxStoreSize }, pruneOptions = {}) =>
      withTreeRemover((removeTree) => store.prune(policy, { removeTree, ...pruneOptions })),
    verify: (verifyOptions) => store.verify(verifyOptions),
    async image(reference) {
      const { findImage } = await import('./images/find-image.ts');
      const { chainOf } = await import('./images/stored-image.ts');
      const { image } = await findImage(store, reference);
      const { config, manifest } = image;
      return builtImage({ config, configDescriptor: manifest.config, chain: chainOf(image) }, resources);
    },
    async run(reference, args = [], runOptions = {}) {
      return (await import('./run/run-image.ts')).runImage(reference, args, runOptions, resources);
    },
    ...imageCommands(resources),
    [Symbol.asyncDispose]: () => resources[Symbol.asyncDispose](),
  };
}

/**
 * Builds the target stage and hands the image to every output, with a builder of its own.
 * @throws {DockerfileError} @throws {ExecError} @throws {TsbuildError}
 * @example
 * const { image } = await build({ context: '.', outputs: [{ type: 'oci', dest: 'app.tar' }] });
 */
export async function build(options: BuildOptions & BuilderOptions): Promise<BuildResult> {
  await using builder = await createBuilder(options);
  return await builder.build(options);
}
