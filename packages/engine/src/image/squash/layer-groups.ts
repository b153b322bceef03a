import { TsbuildError } from '@tsbuild/core';
import { didYouMean } from '@tsbuild/dockerfile';
import type { Squash } from '../../options.ts';
import type { ImageShape } from '../assemble.ts';

/** Layers of a chain that become one: from `start` up to but not including `end`. */
export interface LayerGroup {
  readonly start: number;
  readonly end: number;
}

/**
 * Divides the layers of an image into groups, bottom first. A group of one is that layer as it is.
 * @throws {TsbuildError} ERR_TSBUILD_UNKNOWN_STAGE for a stage that the image does not stand on
 */
export function layerGroups({ stageOf, stages }: ImageShape, squash: Squash): readonly LayerGroup[] {
  const count = stageOf.length;
  if (squash === 'all') return count === 0 ? [] : [{ start: 0, end: count }];
  const base = stageOf.findIndex((stage) => stage !== undefined);
  const built = base === -1 ? count : base;
  if (squash === 'base') return withRest(built, count);
  if (squash === 'stages') return [...singles(built), ...sameStage(stageOf, built)];
  return withRest(endOfStage(squash.slice('stage:'.length), { stageOf, stages }, built), count);
}

function withRest(kept: number, count: number): readonly LayerGroup[] {
  return kept === count ? singles(count) : [...singles(kept), { start: kept, end: count }];
}

function singles(count: number): LayerGroup[] {
  return Array.from({ length: count }, (_, at) => ({ start: at, end: at + 1 }));
}

function sameStage(stageOf: ImageShape['stageOf'], from: number): LayerGroup[] {
  const groups: LayerGroup[] = [];
  for (let at = from; at < stageOf.length; at++) {
    const last = groups.at(-1);
    if (last !== undefined && stageOf[at - 1] === stageOf[at]) groups[groups.length - 1] = { ...last, end: at + 1 };
    else groups.push({ start: at, end: at + 1 });
  }
  return groups;
}

function endOfStage(name: string, { stageOf, stages }: ImageShape, base: number): number {
  const at = stages.indexOf(name.toLowerCase());
  if (at === -1)
    throw new TsbuildError('ERR_TSBUILD_UNKNOWN_STAGE', `the image does not stand on stage ${JSON.stringify(name)}`, {
      hint: didYouMean(name, stages) ?? `its stages are ${stages.join(', ')}`,
    });
  const below = new Set(stages.slice(0, at + 1));
  const last = stageOf.findLastIndex((stage) => stage !== undefined && below.has(stage));
  return Math.max(base, last + 1);
}
