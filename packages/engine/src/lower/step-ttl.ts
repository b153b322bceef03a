import { TsbuildError, UsageError } from '@tsbuild/core';
import { type Dockerfile, didYouMean, stepHints } from '@tsbuild/dockerfile';
import type { StepInfo } from '../graph.ts';
import type { BuildOptions } from '../options.ts';

/**
 * What the build's options say for each stage, by its name.
 * @throws {TsbuildError} ERR_TSBUILD_UNKNOWN_STAGE @throws {UsageError} for what is no time
 */
export function stageTtl(
  ttl: BuildOptions['ttl'] = {},
  { stages }: Pick<Dockerfile, 'stages'>,
): (stageName: string) => number | undefined {
  for (const [stage, milliseconds] of Object.entries(ttl)) {
    if (!(milliseconds >= 0)) throw new UsageError(`ttl of ${JSON.stringify(stage)} is not a time: ${milliseconds}`);
    const names = stages.flatMap(({ name }) => name ?? []);
    if (stage === '' || names.includes(stage.toLowerCase())) continue;
    throw new TsbuildError(
      'ERR_TSBUILD_UNKNOWN_STAGE',
      `--ttl names stage ${JSON.stringify(stage)}, which is not there`,
      {
        hint: didYouMean(stage, names) ?? 'without a name it holds for every stage: --ttl 1d',
      },
    );
  }
  const byStage = new Map(Object.entries(ttl).map(([stage, milliseconds]) => [stage.toLowerCase(), milliseconds]));
  return (stageName) => shortest(byStage.get(''), byStage.get(stageName));
}

/** With what the comments above the instruction say. @throws {DockerfileError} without a place */
export function ttlOf(ofStage: number | undefined, comments: readonly string[]): Pick<StepInfo, 'ttl'> {
  const ttl = shortest(ofStage, stepHints(comments).ttl);
  return ttl === undefined ? {} : { ttl };
}

function shortest(...times: readonly (number | undefined)[]): number | undefined {
  const given = times.filter((time) => time !== undefined);
  return given.length === 0 ? undefined : Math.min(...given);
}
