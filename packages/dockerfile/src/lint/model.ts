import { hostPlatform, type Platform } from '@tsbuild/core';
import type { Dockerfile, Stage } from '../ast.ts';
import type { IgnoreMatcher } from '../ignore/matcher.ts';
import { type FromFacts, globalScope, readFrom } from './from-facts.ts';
import { readStage, type StageFacts } from './stage-facts.ts';

/** What is known of the image that a stage begins with. */
export interface BaseImageFacts {
  readonly platform?: Platform;
  /** `Env` of its config. */
  readonly env?: ReadonlyMap<string, string>;
  /** True when its config has a `Shell`. */
  readonly hasShell?: boolean;
}

/** Facts from outside of the Dockerfile. Rules that need one that is missing stay silent. */
export interface CheckDockerfileOptions {
  /** Values for ARG; `BUILDKIT_DOCKERFILE_CHECK` takes the place of `# check=`. */
  readonly buildArgs?: Readonly<Record<string, string>>;
  /** @default the platform of this machine */
  readonly targetPlatform?: Platform;
  /** @default the platform of this machine */
  readonly buildPlatform?: Platform;
  /** What `.dockerignore` leaves out of the context. */
  readonly ignores?: IgnoreMatcher;
  /** Looks up the image of a stage's FROM; `scratch` and earlier stages are known without it. */
  readonly baseImage?: (image: string, stage: Stage) => BaseImageFacts | undefined;
}

/** A Dockerfile with what the rules ask of it, worked out once. */
export interface LintModel {
  readonly dockerfile: Dockerfile;
  readonly options: CheckDockerfileOptions;
  readonly targetPlatform: Platform;
  readonly froms: readonly FromFacts[];
  readonly stages: readonly StageFacts[];
}

export function createLintModel(dockerfile: Dockerfile, options: CheckDockerfileOptions): LintModel {
  const { buildArgs = {}, targetPlatform = hostPlatform(), buildPlatform = hostPlatform() } = options;
  const platforms = { target: targetPlatform, build: buildPlatform };
  const globals = globalScope(dockerfile, platforms, buildArgs);
  const defaults = globalScope(dockerfile, platforms, {});
  const froms = dockerfile.stages.map((stage) => readFrom(dockerfile, stage, globals, defaults));
  const named = new Map<string, StageFacts>();
  const stages = froms.map((from) => {
    const facts = readStage(dockerfile, from, globals, named.get(from.image ?? ''), options);
    if (from.stage.name !== undefined) named.set(from.stage.name, facts);
    return facts;
  });
  return { dockerfile, options, targetPlatform, froms, stages };
}
