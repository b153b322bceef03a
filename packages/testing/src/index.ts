export { startRegistry, type TestRegistry } from '@tsbuild/registry/server';
export {
  assertCmd,
  assertEntrypoint,
  assertEnv,
  assertExposed,
  assertFile,
  assertLabel,
  assertLayers,
  assertRebuilt,
  assertReproducible,
  assertRun,
  assertUser,
  assertWorkdir,
} from './assertions.ts';
export type { Configured } from './checks/config.ts';
export type { FileExpectation } from './checks/file.ts';
export type { RunExpectation } from './checks/run.ts';
export { type FileListOptions, listFiles } from './file-list.ts';
export {
  type BuildFixture,
  buildFixture,
  type FixtureBuildOptions,
  type FixtureOptions,
  type FixtureResult,
} from './fixture.ts';
export type { FixtureFiles } from './fixture-files.ts';
