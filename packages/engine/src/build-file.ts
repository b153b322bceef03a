import { openContexts } from './build-contexts.ts';
import type { BuilderResources } from './builder-resources.ts';
import type { BuildFile } from './builder-types.ts';
import type { BuildOptions } from './options.ts';
import { createOwner } from './owner.ts';
import { admitBuild } from './policy/admit-build.ts';
import { readDockerfile } from './source/dockerfile-source.ts';

/** Reads the Dockerfile of a build and its ignore file; what had to be fetched for that is removed again. */
export async function readBuildFile(
  asked: BuildOptions,
  { store, downloads }: Pick<BuilderResources, 'store' | 'downloads'>,
): Promise<BuildFile> {
  await using owner = createOwner();
  const { options, checksums } = await admitBuild(asked);
  const remote = { store, owner, signal: options.signal, secrets: options.secrets ?? {}, downloads, checksums };
  const { main } = openContexts(options, remote);
  const { name, text } = await readDockerfile(options, main, remote);
  return { name, text, ignores: await main.ignores?.() };
}
