import { cp } from 'node:fs/promises';
import { type Builder, type BuilderOptions, type BuildOptions, type BuildResult, createBuilder } from '@tsbuild/engine';
import { type FixtureFiles, writeFiles } from '../../packages/testing/src/fixture-files.ts';
import { saveBusybox } from './busybox.ts';
import { openTempFolder } from './temp-folder.ts';

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

/** @example await using machines = await createMachines(); */
export async function createMachines(options: Omit<BuilderOptions, 'root'> = {}): Promise<Machines> {
  const folder = await openTempFolder();
  const builders: Builder[] = [];
  {
    await using builder = await createBuilder({ root: folder.file('template') });
    await saveBusybox(builder);
  }
  return {
    shared: (name) => folder.file(name),
    async add(files) {
      const number = builders.length;
      const root = folder.file(`store-${number}`);
      await cp(folder.file('template'), root, { recursive: true, verbatimSymlinks: true });
      const builder = await createBuilder({ ...options, root });
      builders.push(builder);
      const context = folder.file(`checkout-${number}`);
      await writeFiles(context, files);
      return {
        builder,
        context,
        write: (more) => writeFiles(context, more),
        build: (buildOptions = {}) => builder.build({ ...buildOptions, context }),
      };
    },
    async [Symbol.asyncDispose]() {
      for (const builder of builders) await builder[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** Each step with what became of it, and where a cached one came from: `cached from cache: RUN make`. */
export function outcomes({ steps }: BuildResult): string[] {
  return steps.map(({ name, status, from }) => `${status}${from === undefined ? '' : ' shared'}: ${name}`);
}
