import { type Platform, TsbuildError } from '@tsbuild/core';
import { type Dockerfile, didYouMean, type Stage } from '@tsbuild/dockerfile';
import type { LoweredImage, Vertex } from '../graph.ts';
import { joinEntries } from './config-entries.ts';
import type { LowerOptions } from './lower-options.ts';
import { Lowering } from './lowering.ts';
import { refuseCircles, stagesByName } from './stage-graph.ts';
import type { StageState } from './stage-state.ts';
import { createStepIds, type NewStepId } from './step-ids.ts';

/**
 * Lowers the target stage and the stages it needs; nobody looks at the others, beyond what parsing checked.
 * @throws {DockerfileError} @throws {TsbuildError}
 */
export async function lower(
  dockerfile: Dockerfile,
  options: LowerOptions,
  newId: NewStepId = createStepIds(),
): Promise<LoweredImage> {
  refuseCircles(dockerfile);
  const target = targetStage(dockerfile, options.target);
  const lowering = new Lowering(dockerfile, options, target, newId);
  const state = await lowering.stage(target);
  return finish(state, options, lowering.vertices());
}

/** The stage that `--target` names, or the last. @throws {TsbuildError} ERR_TSBUILD_UNKNOWN_STAGE */
export function targetStage({ stages }: Dockerfile, name: string | undefined): Stage {
  const last = stages.at(-1);
  if (last === undefined) throw new Error('a Dockerfile has at least one stage');
  if (name === undefined || name === '') return last;
  const stage = stagesByName(stages).get(name.toLowerCase());
  if (stage !== undefined) return stage;
  const names = stages.flatMap((other) => other.name ?? []);
  throw new TsbuildError('ERR_TSBUILD_UNKNOWN_STAGE', `target stage ${JSON.stringify(name)} could not be found`, {
    hint: didYouMean(name, names) ?? (names.length === 0 ? 'no stage has a name' : `stages are ${names.join(', ')}`),
  });
}

function finish(state: StageState, options: LowerOptions, vertices: readonly Vertex[]): LoweredImage {
  const { labels, isPlatformExplicit, platforms } = options;
  const hasLabels = Object.keys(labels).length > 0;
  const { rootfs, platform, history, stages } = state;
  const own = joinEntries(state.config, state.added);
  const config = hasLabels ? { ...own, Labels: { ...own.Labels, ...labels } } : own;
  const image = isPlatformExplicit ? withPlatform(state.image, platforms.target) : state.image;
  return { rootfs, platform, config: { ...image, config }, history: [...history], stages, vertices };
}

function withPlatform(image: StageState['image'], { os, architecture, variant }: Platform): StageState['image'] {
  const { variant: _, ...rest } = image;
  return { ...rest, os, architecture, ...(variant === undefined ? {} : { variant }) };
}
