import { gunzipSync, gzipSync } from 'node:zlib';
import { type CacheKey, type Digest, isDigest } from '@tsbuild/core';
import type { Ingredients } from '../ingredients.ts';
import { isIngredients } from './is-ingredients.ts';

/** What the key of a step was made of, for machines that have never built it. */
export interface ExplainedStep {
  /** Of the step's place in its Dockerfile, without the context, and in no clear text. */
  readonly lineage: Digest;
  readonly key: CacheKey;
  readonly ingredients: Ingredients;
}

export const EXPLANATIONS_TYPE = 'application/vnd.tsbuild.cache.explanations.v1+json+gzip';
/** More is not read, and not written. */
export const MAX_EXPLANATIONS_BYTES = 32 * 1024 * 1024;

const VERSION = 1;

/** Equal steps are equal bytes. Steps that would make it too large are left out: they are not explained elsewhere. */
export function encodeExplanations(steps: readonly ExplainedStep[]): Buffer {
  const texts: string[] = [];
  let size = 0;
  for (const step of steps) {
    const text = JSON.stringify(step);
    if (size + text.length > MAX_EXPLANATIONS_BYTES / 4) continue;
    size += text.length;
    texts.push(text);
  }
  return gzipSync(`{"v":${VERSION},"steps":[${texts.join(',')}]}`);
}

/** Reads what anybody may have written; what makes no sense is left out. @throws {Error} when it is damaged or too large */
export function parseExplanations(bytes: Uint8Array): ReadonlyMap<Digest, ExplainedStep> {
  const text = gunzipSync(bytes, { maxOutputLength: MAX_EXPLANATIONS_BYTES }).toString('utf8');
  const value: { v?: unknown; steps?: unknown } | null = JSON.parse(text);
  const steps: unknown[] = value?.v === VERSION && Array.isArray(value.steps) ? value.steps : [];
  return new Map(steps.filter(isExplainedStep).map((step) => [step.lineage, step]));
}

function isExplainedStep(value: unknown): value is ExplainedStep {
  const { lineage, key, ingredients } = (value ?? {}) as Partial<Record<keyof ExplainedStep, unknown>>;
  return isDigest(lineage) && isDigest(key) && isIngredients(ingredients);
}
