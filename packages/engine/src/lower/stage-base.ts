import { DockerfileError, type Platform, parsePlatform } from '@tsbuild/core';
import type { Stage } from '@tsbuild/dockerfile';
import type { ResolvedImage } from '../graph.ts';
import type { Expander } from './expander.ts';
import type { LowerOptions, NamedContext } from './lower-options.ts';
import { namedContextVertex } from './named-context.ts';
import { maybeStage } from './stage-source.ts';
import { childState, imageState, type StageState, scratchState } from './stage-state.ts';
import { imageVertex, type NewStepId } from './step-ids.ts';

/** What a stage starts from. */
export interface StageBase {
  readonly state: StageState;
  /** ONBUILD instructions of the base: the stage starts with them. */
  readonly triggers: readonly string[];
  /** Steps that FROM counts for: an image or context is one. */
  readonly steps: number;
}

/** What finding a base needs from the lowering of the whole Dockerfile. */
export interface BaseLookup {
  readonly options: LowerOptions;
  readonly expander: Expander;
  readonly globalArgs: ReadonlyMap<string, string>;
  readonly stages: readonly Stage[];
  readonly newId: NewStepId;
  lowerStage(stage: Stage): Promise<StageState>;
}

/**
 * FROM: a named context in the place of the stage, an earlier stage, `scratch`, a named context in the place of the
 * image, or an image. A stage is found by its lower-case name only.
 * @throws {DockerfileError} @throws {TsbuildError}
 */
export async function stageBase(stage: Stage, lookup: BaseLookup): Promise<StageBase> {
  const { options, expander, globalArgs, stages } = lookup;
  const name = expander.expand(stage.from.image, globalArgs, stage.from);
  if (name === '') throw blankBase(stage.from.image);
  const platform = stagePlatform(stage, lookup);
  const replacement = stage.name === undefined ? undefined : options.namedContexts.get(stage.name);
  if (replacement !== undefined) return contextBase(replacement, stage.name ?? name, stage, platform, lookup);
  const parent = stages.slice(0, stage.index).findLast((other) => other.name !== undefined && other.name === name);
  if (parent !== undefined) {
    const state = await lookup.lowerStage(parent);
    return { state: childState(state), triggers: [...state.added.triggers], steps: 0 };
  }
  if (name === 'scratch') return { state: scratchState(options.platforms.target), triggers: [], steps: 0 };
  const context = options.namedContexts.get(name.toLowerCase());
  if (context !== undefined) return contextBase(context, name, stage, platform, lookup);
  return imageBase(name, stage, platform, lookup);
}

async function contextBase(
  context: NamedContext,
  name: string,
  stage: Stage,
  platform: Platform,
  lookup: BaseLookup,
): Promise<StageBase> {
  if (context.kind === 'image') return imageBase(context.name, stage, platform, lookup);
  if (context.kind === 'layout') {
    const image = await lookup.options.resolveLayout(context.name, platform);
    return resolvedBase(image, name, stage, platform, lookup);
  }
  const vertex = namedContextVertex(context.source, name, stage.from.range);
  return { state: { ...scratchState(platform), rootfs: vertex }, triggers: [], steps: 1 };
}

async function imageBase(name: string, stage: Stage, platform: Platform, lookup: BaseLookup): Promise<StageBase> {
  const image = await lookup.options.resolveImage(name, platform).catch((error: unknown) => {
    throw maybeStage(error, name, lookup.stages.slice(0, stage.index));
  });
  return resolvedBase(image, name, stage, platform, lookup);
}

function resolvedBase(
  image: ResolvedImage,
  name: string,
  stage: Stage,
  platform: Platform,
  { newId }: BaseLookup,
): StageBase {
  const vertex = image.layers.length === 0 ? undefined : imageVertex(image, name, stage.from.range, newId);
  const { OnBuild = [], ...config } = image.config.config ?? {};
  const state = imageState({ ...image, config: { ...image.config, config } }, vertex, platform);
  return { state, triggers: OnBuild, steps: state.stepCount };
}

function stagePlatform({ from }: Stage, { options, expander, globalArgs }: BaseLookup): Platform {
  if (from.platform === undefined) return options.platforms.target;
  const text = expander.expand(from.platform, globalArgs, from);
  if (text !== '') return parsePlatform(text);
  throw new DockerfileError('ERR_TSBUILD_INVALID_PLATFORM', `empty platform value from expression ${from.platform}`, {
    hint: 'give the ARG a default, or pass --build-arg',
  });
}

function blankBase(word: string): DockerfileError {
  return new DockerfileError('ERR_TSBUILD_DOCKERFILE_SYNTAX', `base name (${word}) should not be blank`, {
    hint: 'give the ARG a default, or pass --build-arg',
  });
}
