import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { BuildResult } from '@tsbuild/engine';
import type { CommandInput } from '../command.ts';
import type { BuildFlagName } from '../flags/build-flags.ts';
import { buildMetadata, resultId } from './metadata.ts';
import { writeWholeFile } from './write-file.ts';

type BuildInput = Pick<CommandInput<BuildFlagName>, 'values' | 'surroundings'>;

/** Removes an old `--iidfile`, so that nobody takes it for the result of a build that failed. */
export async function removeStaleFiles({ values, surroundings }: BuildInput): Promise<void> {
  const iidFile = values.text('iidfile');
  if (iidFile) await rm(resolve(surroundings.cwd, iidFile), { force: true });
}

/** Writes `--iidfile` and `--metadata-file`. @throws {TsbuildError} */
export async function writeResultFiles({ values, surroundings }: BuildInput, result: BuildResult): Promise<void> {
  const iidFile = values.text('iidfile');
  const metadataFile = values.text('metadata-file');
  if (iidFile) await writeWholeFile(resolve(surroundings.cwd, iidFile), resultId(result));
  if (metadataFile) {
    const metadata = buildMetadata(result, values.list('tag'));
    await writeWholeFile(resolve(surroundings.cwd, metadataFile), `${JSON.stringify(metadata, null, 2)}\n`);
  }
}
