import { cp } from 'node:fs/promises';
import { type Builder, type BuildOptions, type BuildResult, createBuilder } from '@tsbuild/engine';
import { afterAll } from 'vitest';
import { type BuildFixture, withCounts } from '../../packages/testing/src/fixture.ts';
import { type FixtureFiles, removeFile, touchFile, writeFiles } from '../../packages/testing/src/fixture-files.ts';
import { openTempFolder, type TempFolder } from './temp-folder.ts';
import { createTemplateStore, forgetBuilds } from './template-store.ts';

type MachineBuild = Omit<BuildOptions, 'context'>;

/** A machine of its own: a store that has the base image and nothing else, and a checkout. */
export interface Machine {
  readonly builder: Builder;
  readonly context: string;
  write(files: FixtureFiles): Promise<void>;
  build(options?: MachineBuild): Promise<BuildResult>;
}

/** Machines that share a base image, and whatever a test lets them share. */
export interface Machines extends AsyncDisposable {
  add(files: FixtureFiles): Promise<Machine>;
  /** A path that all of them see. */
  shared(name: string): string;
}

/**
 * Machines for the tests of a file, which use them one after the other: each finds a store without anything that the
 * tests before it left there.
 *
 * @example
 * const createMachines = machinesForTests();
 * test('…', async () => {
 *   await using machines = await createMachines();
 */
export function machinesForTests(): () => Promise<Machines> {
  const owned: AsyncDisposable[] = [];
  const idle: Builder[] = [];
  let template: TempFolder | undefined;
  let stores = 0;
  afterAll(async () => {
    for (const resource of owned.reverse()) await resource[Symbol.asyncDispose]();
  });

  /** A builder with a store of its own, by preference one that works already. */
  async function takeBuilder(): Promise<Builder> {
    const used = idle.pop();
    if (used !== undefined) {
      await forgetBuilds(used);
      return used;
    }
    if (template === undefined) {
      template = await createTemplateStore();
      owned.push(template);
    }
    const root = template.file(`store-${stores++}`);
    await cp(template.file('store'), root, { recursive: true, verbatimSymlinks: true });
    const builder = await createBuilder({ root });
    owned.push(builder);
    return builder;
  }
  return async () => createMachines(await openTempFolder(), takeBuilder, (builder) => idle.push(builder));
}

function createMachines(
  folder: TempFolder,
  takeBuilder: () => Promise<Builder>,
  giveBack: (builder: Builder) => void,
): Machines {
  const builders: Builder[] = [];
  return {
    shared: (name) => folder.file(name),
    async add(files) {
      const builder = await takeBuilder();
      const context = folder.file(`checkout-${builders.push(builder)}`);
      await writeFiles(context, files);
      return {
        builder,
        context,
        write: (more) => writeFiles(context, more),
        build: (buildOptions = {}) => builder.build({ ...buildOptions, context }),
      };
    },
    async [Symbol.asyncDispose]() {
      for (const builder of builders) giveBack(builder);
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** Like `buildFixture`, with the base image in the store, for tests that use one {@link Machine} after the other. */
export function fixturesForTests(): (files: FixtureFiles) => Promise<BuildFixture> {
  const createMachines = machinesForTests();
  return async (files) => {
    const machines = await createMachines();
    const { builder, context, write, build } = await machines.add(files);
    return {
      builder,
      context,
      build: async (options) => withCounts(await build(options)),
      write: (path, file) => write({ [path]: file }),
      touch: (path, time = new Date()) => touchFile(context, path, time),
      remove: (path) => removeFile(context, path),
      [Symbol.asyncDispose]: () => machines[Symbol.asyncDispose](),
    };
  };
}

/** Each step with what became of it, and where a cached one came from: `cached from cache: RUN make`. */
export function outcomes({ steps }: BuildResult): string[] {
  return steps.map(({ name, status, from }) => `${status}${from === undefined ? '' : ' shared'}: ${name}`);
}
