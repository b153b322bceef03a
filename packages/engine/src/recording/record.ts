import { mkdir, rm } from 'node:fs/promises';
import { TsbuildError } from '@tsbuild/core';
import { forOthers, parseIngredients } from '../cache/ingredients.ts';
import { tierClass } from '../cache/records.ts';
import type { BuildOptions } from '../options.ts';
import { buildTag, type RecordedStep, writeSteps } from './recorded-steps.ts';
import type { BuildRecording, Recording } from './recording.ts';

/** Writes the layers of each build as a shared cache, and beside them what its steps were made of. */
export function createRecorder(folder: string): Recording {
  const builds: Record<string, RecordedStep>[] = [];
  let emptied: Promise<void> | undefined;
  return {
    async begin(options) {
      emptied ??= emptyFolder(folder);
      const steps: Record<string, RecordedStep> = {};
      const at = builds.push(steps) - 1;
      await emptied;
      return recordBuild(options, { folder, at, steps, finish: () => writeSteps(folder, builds) });
    },
  };
}

interface Place {
  readonly folder: string;
  readonly at: number;
  readonly steps: Record<string, RecordedStep>;
  finish(): Promise<void>;
}

function recordBuild(options: BuildOptions, { folder, at, steps, finish }: Place): BuildRecording {
  const destination = { type: 'local', dest: folder, tag: buildTag(at), mode: 'max' } as const;
  const meet: BuildRecording['meet'] = async ({ lineages }, key, ingredients) => {
    // The last one is without the context's name, which differs from machine to machine.
    const lineage = lineages.at(-1);
    if (lineage !== undefined) steps[lineage] = { key, ingredients: forOthers(ingredients) };
  };
  return {
    options: { ...options, cacheTo: [...(options.cacheTo ?? []), destination] },
    recorded: undefined,
    wasReplayed: () => false,
    meet,
    async meetCommand(step, key, ingredients, executor) {
      refuseWeakTier(tierClass((await executor()).tier).tier);
      await meet(step, key, ingredients);
    },
    async meetCached(step, key, tier, records) {
      refuseWeakTier(tier);
      const ingredients = parseIngredients(await records.getIngredients(key));
      if (ingredients !== undefined) await meet(step, key, ingredients);
    },
    finish,
  };
}

/** What a weaker sandbox made may be another thing than anywhere else. */
function refuseWeakTier(tier: string | undefined): void {
  if (tier === undefined) return;
  throw new TsbuildError('ERR_TSBUILD_RUN_UNAVAILABLE', `what the tier ${tier} runs cannot be recorded`, {
    hint: 'record as root or with subordinate ids; `tsbuild doctor` says what this machine lacks',
  });
}

async function emptyFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
}
