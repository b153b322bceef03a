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

export interface RunChecksOptions {
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly targetPlatform: Platform;
  readonly ignores: IgnoreMatcher | undefined;
  /** Images that the build resolved, by the names that FROM gives them. */
  readonly images: ReadonlyMap<string, ResolvedImage>;
}

/**
 * BuildKit's build checks, as warnings of this build.
 * @throws {DockerfileError} ERR_TSBUILD_CHECK_FAILED when the Dockerfile says `check=error=true`
 */
export function runChecks(
  dockerfile: Dockerfile,
  options: RunChecksOptions,
  reporter: Reporter,
): readonly BuildWarning[] {
  const { buildArgs, targetPlatform, ignores, images } = options;
  const facts = {
    buildArgs,
    targetPlatform,
    baseImage: (name: string) => baseFacts(images.get(name)),
    ...(ignores === undefined ? {} : { ignores }),
  };
  const warnings = checkDockerfile(dockerfile, facts);
  for (const warning of warnings) reporter.emit({ type: 'warning', warning });
  const failure = checkFailure(dockerfile, warnings, facts);
  if (failure !== undefined) throw failure;
  return warnings;
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
