import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Builder, type BuilderOptions, type BuildOptions, type BuildResult, createBuilder } from '@tsbuild/engine';
import { type FixtureFiles, removeFile, touchFile, writeFiles } from './fixture-files.ts';

/** Everything of a build but its context, which is the fixture's folder. */
export type FixtureBuildOptions = Omit<BuildOptions, 'context'>;

/** How a fixture's builder is made. */
export interface FixtureOptions extends Omit<BuilderOptions, 'root' | 'recording'> {
  /**
   * Folder of a store that tests share: what one has built, others need not build again, in parallel workers too. It
   * stays when the fixture is disposed. @default an empty store of the fixture's own
   */
  readonly store?: string;
  /**
   * Folder, this fixture's alone, of what RUN steps made when it was recorded: they are not executed then, so they need no
   * Linux and take milliseconds. A step that is no longer what was recorded fails the build with ERR_TSBUILD_NOT_RECORDED and says
   * what has changed. @default RUN steps are executed
   */
  readonly recording?: string;
  /** Execute RUN steps and write them to `recording`, which is emptied first. @default whether TSBUILD_RECORD is 1 */
  readonly record?: boolean;
}

/** A build context in a temp folder and a builder, with an empty store of its own or a shared one. */
export interface BuildFixture extends AsyncDisposable {
  /** Folder of the build context. */
  readonly context: string;
  /** The builder itself, e.g. for base images that a test needs in its store. */
  readonly builder: Builder;
  /** Builds the context; further builds find what earlier ones recorded. @throws what `build()` of the engine throws */
  build(options?: FixtureBuildOptions): Promise<FixtureResult>;
  /** Makes or replaces a file, its parents too. Paths are relative to the context. */
  write(path: string, file: FixtureFiles[string]): Promise<void>;
  /** Changes the modification time and nothing else. @default time now */
  touch(path: string, time?: Date): Promise<void>;
  /** Removes a file, or a folder with everything in it. @throws when there is none */
  remove(path: string): Promise<void>;
}

/** What a build of a fixture made, with the steps told apart. */
export interface FixtureResult extends BuildResult {
  /** Names of the steps that ran, in Dockerfile order. */
  readonly ran: readonly string[];
  /** Names of the steps whose recorded result was used, in Dockerfile order. */
  readonly cached: readonly string[];
}

/**
 * Writes `files` to a new folder and opens a builder for it. Disposing the fixture removes the folder and a store of its own.
 *
 * @example
 * await using fixture = await buildFixture({ Dockerfile: 'FROM scratch\nCOPY a /\n', a: '1' });
 * expect((await fixture.build()).ran).toEqual(['COPY a /']);
 */
export async function buildFixture(
  files: FixtureFiles,
  { store, recording, record = process.env.TSBUILD_RECORD === '1', ...options }: FixtureOptions = {},
): Promise<BuildFixture> {
  const folder = await mkdtemp(join(tmpdir(), 'tsbuild-fixture-'));
  const context = join(folder, 'context');
  await mkdir(context);
  await writeFiles(context, files);
  const builder = await createBuilder({
    ...options,
    root: store ?? join(folder, 'store'),
    ...(recording === undefined ? {} : { recording: { folder: recording, mode: record ? 'record' : 'replay' } }),
  });
  return {
    context,
    builder,
    build: async (buildOptions) => withCounts(await builder.build({ ...buildOptions, context })),
    write: (path, file) => writeFiles(context, { [path]: file }),
    touch: (path, time = new Date()) => touchFile(context, path, time),
    remove: (path) => removeFile(context, path),
    async [Symbol.asyncDispose]() {
      await builder[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Not of the package's interface. */
export function withCounts(result: BuildResult): FixtureResult {
  const named = (wanted: string) => result.steps.filter(({ status }) => status === wanted).map(({ name }) => name);
  return { ...result, ran: named('ran'), cached: named('cached') };
}
