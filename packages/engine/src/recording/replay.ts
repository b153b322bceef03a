import { type CacheKey, describeReason, hostPlatform, parsePlatform, type RunReason, SolveError } from '@tsbuild/core';
import { encodeIngredients, explainMiss, type Ingredients, type Lineages } from '../cache/ingredients.ts';
import { openSources } from '../cache/shared/open-sources.ts';
import { createSharedCache, type SharedCache } from '../cache/shared/shared-cache.ts';
import type { StepInfo } from '../graph.ts';
import type { BuildOptions } from '../options.ts';
import { buildTag, type RecordedStep, type RecordedSteps, readSteps } from './recorded-steps.ts';
import type { BuildRecording, Recording } from './recording.ts';

/** Has the results of a recording; a step that it does not have is explained by what the step was then. */
export function createPlayer(folder: string): Recording {
  const replayed = new Set<CacheKey>();
  let builds: Promise<readonly RecordedSteps[]> | undefined;
  let count = 0;
  return {
    async begin(options) {
      builds ??= readSteps(folder);
      count += 1;
      const at = count - 1;
      return replayBuild(options, { folder, at, builds: await builds, replayed });
    },
  };
}

interface Place {
  readonly folder: string;
  readonly at: number;
  readonly builds: readonly RecordedSteps[];
  readonly replayed: Set<CacheKey>;
}

function replayBuild(options: BuildOptions, { folder, at, builds, replayed }: Place): BuildRecording {
  const then = lineagesOf(builds, at);
  const changed = new Map<string, RunReason>();
  const explain = (step: StepInfo, key: CacheKey, now: Ingredients) =>
    explainMiss(then, step.lineages.slice(-1), key, () => now);
  return {
    options,
    recorded: recordedCache(folder, builds.length, options),
    wasReplayed(key) {
      const isAgain = replayed.has(key);
      replayed.add(key);
      return isAgain;
    },
    async meet(step, key, ingredients) {
      changed.set(step.name, await explain(step, key, ingredients));
    },
    async meetCommand(step, key, ingredients) {
      const reason = await explain(step, key, ingredients);
      const below = reason.kind === 'parent-changed' ? changed.get(reason.step) : undefined;
      const why = below === undefined || below.kind === 'evicted' ? undefined : describeReason(below);
      throw notRecorded(step, folder, why === undefined ? reason : { ...reason, why });
    },
    meetCached: () => Promise.resolve(),
    finish: () => Promise.resolve(),
  };
}

function notRecorded(step: StepInfo, folder: string, reason: RunReason & { readonly why?: string }): SolveError {
  const because = reason.why === undefined ? '' : ` (${reason.why})`;
  const text = TEXTS[reason.kind] ?? `${describeReason(reason)}${because} since then`;
  return new SolveError('ERR_TSBUILD_NOT_RECORDED', `the recording in ${folder} does not fit ${step.name}: ${text}`, {
    range: step.range,
    hint: 'record again where RUN works; with @tsbuild/testing by TSBUILD_RECORD=1',
  });
}

/** Where the words for a cache would mislead. */
const TEXTS: Readonly<Partial<Record<RunReason['kind'], string>>> = {
  'never-built': 'it has no such step',
  evicted: 'its layers are not there',
};

/** Steps as they were in the build of the same number, or the nearest before that ran them. */
function lineagesOf(builds: readonly RecordedSteps[], at: number): Lineages {
  const find = (lineage: string) =>
    builds
      .slice(0, at + 1)
      .reverse()
      .find((steps) => Object.hasOwn(steps, lineage))?.[lineage];
  const ingredients = new Map<CacheKey, RecordedStep>();
  return {
    async getLineage(lineage) {
      const step = find(lineage);
      if (step !== undefined) ingredients.set(step.key, step);
      return step?.key;
    },
    async getIngredients(key) {
      const step = ingredients.get(key);
      return step === undefined ? undefined : encodeIngredients(step.ingredients);
    },
  };
}

function recordedCache(folder: string, count: number, { platforms = [] }: BuildOptions): SharedCache {
  const wanted = platforms.length === 0 ? [hostPlatform()] : platforms.map(parsePlatform);
  const places = Array.from({ length: count }, (_, at) => ({ type: 'local', src: folder, tag: buildTag(at) }) as const);
  const registry = () => Promise.reject(new Error('a recording is a folder'));
  return createSharedCache({
    sources: openSources(places, { registry, platforms: wanted }),
    isExported: false,
    onWarning: () => undefined,
  });
}
