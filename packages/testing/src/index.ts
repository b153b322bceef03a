export { type BuildFixture, buildFixture, type FixtureBuildOptions, type FixtureResult } from './fixture.ts';
export type { FixtureFiles } from './fixture-files.ts';
