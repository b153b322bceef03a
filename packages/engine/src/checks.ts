import type { BuildWarning, Platform } from '@tsbuild/core';
import {
  type BaseImageFacts,
  checkDockerfile,
  checkFailure,
  type Dockerfile,
  type IgnoreMatcher,
} from '@tsbuild/dockerfile';
import type { Reporter } from './events.ts';
import type { ResolvedImage } from './graph.ts';
import { splitPair } from './lower/env-pairs.ts';

/** What the checks know of the build of one platform. */
export interface CheckedBuild {
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly targetPlatform: Platform;
  readonly ignores: IgnoreMatcher | undefined;
  /** Images that the build resolved, by the names that FROM gives them. */
  readonly images: ReadonlyMap<string, ResolvedImage>;
}

/**
 * BuildKit's build checks, as warnings of this build; what several platforms have in common is said once.
 * @throws {DockerfileError} ERR_TSBUILD_CHECK_FAILED when the Dockerfile says `check=error=true`
 */
export function runChecks(
  dockerfile: Dockerfile,
  builds: readonly CheckedBuild[],
  reporter: Reporter,
): readonly BuildWarning[] {
  const found = builds.map((build) => {
    const facts = checkFacts(build);
    return { facts, warnings: checkDockerfile(dockerfile, facts) };
  });
  const all = found.flatMap(({ warnings }) => warnings);
  const unique = [...new Map(all.map((warning) => [JSON.stringify(warning), warning])).values()];
  for (const warning of unique) reporter.emit({ type: 'warning', warning });
  for (const { facts, warnings } of found) {
    const failure = checkFailure(dockerfile, warnings, facts);
    if (failure !== undefined) throw failure;
  }
  return unique;
}

function checkFacts({ buildArgs, targetPlatform, ignores, images }: CheckedBuild) {
  return {
    buildArgs,
    targetPlatform,
    baseImage: (name: string) => baseFacts(images.get(name)),
    ...(ignores === undefined ? {} : { ignores }),
  };
}

function baseFacts(image: ResolvedImage | undefined): BaseImageFacts | undefined {
  if (image === undefined) return undefined;
  const { os, architecture, variant, config = {} } = image.config;
  return {
    platform: { os, architecture, ...(variant === undefined ? {} : { variant }) },
    env: new Map((config.Env ?? []).map(splitPair)),
    hasShell: (config.Shell ?? []).length > 0,
  };
}
