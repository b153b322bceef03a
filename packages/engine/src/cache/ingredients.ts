import { type CacheKey, digestOf, type RunReason } from '@tsbuild/core';
import type { CacheRecords } from '@tsbuild/store';

/** What a key was made of, in an order in which a person looks for the reason: name → value or digest. */
export interface Ingredients {
  /** The instruction after expansion. */
  readonly instruction: string;
  /** Variables by name; values digested. */
  readonly variables: Readonly<Record<string, string>>;
  /** Files by path, with their digests, for each input: the context, a stage, a mount. */
  readonly files: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Base image or earlier layers, as the key sees them. */
  readonly root: string;
  /** Name of the step before, for "because that one changed". */
  readonly parent: string;
}

/** A variable's value as ingredients keep it: never in the clear. */
export function hashedValue(value: string): string {
  return digestOf(value).slice('sha256:'.length, 'sha256:'.length + 16);
}

/** Remembers what the key of a step was made of, for the next build's explanation. */
export async function recordIngredients(
  records: CacheRecords,
  lineages: readonly string[],
  key: CacheKey,
  ingredients: Ingredients,
): Promise<void> {
  await records.putIngredients(key, Buffer.from(JSON.stringify({ v: 1, ...ingredients })));
  for (const lineage of lineages) await records.putLineage(lineage, key);
}

/** Key last recorded for a step, by the most specific lineage that has one. */
export async function latestKey(records: CacheRecords, lineages: readonly string[]): Promise<CacheKey | undefined> {
  for (const lineage of lineages) {
    const key = await records.getLineage(lineage);
    if (key !== undefined) return key;
  }
  return undefined;
}

/** Why a step with this key is not cached: the first difference to what the step was made of last time. */
export async function explainMiss(
  records: CacheRecords,
  lineages: readonly string[],
  key: CacheKey,
  now: Ingredients,
): Promise<RunReason> {
  const previous = await latestKey(records, lineages);
  if (previous === undefined) return { kind: 'never-built' };
  const before = parseIngredients(await records.getIngredients(previous));
  if (before === undefined) return { kind: 'evicted' };
  if (previous === key) return before.root === now.root ? { kind: 'evicted' } : rootReason(before, now);
  return firstDifference(before, now) ?? { kind: 'evicted' };
}

function firstDifference(before: Ingredients, now: Ingredients): RunReason | undefined {
  if (before.instruction !== now.instruction)
    return { kind: 'instruction-changed', from: before.instruction, to: now.instruction };
  const [variable] = changedNames(before.variables, now.variables);
  if (variable !== undefined) return { kind: 'variable-changed', name: variable };
  for (const [input, files] of Object.entries(now.files)) {
    const changed = changedNames(before.files[input] ?? {}, files);
    if (changed.length > 0)
      return { kind: 'input-changed', input, changed: changed.slice(0, 10), more: Math.max(0, changed.length - 10) };
  }
  return before.root === now.root ? undefined : rootReason(before, now);
}

function rootReason(before: Ingredients, now: Ingredients): RunReason {
  return now.parent.startsWith('FROM ')
    ? { kind: 'base-changed', from: before.parent, to: now.parent }
    : { kind: 'parent-changed', step: now.parent };
}

/** Names whose value was added, removed or changed, in code-unit order. */
function changedNames(before: Readonly<Record<string, string>>, now: Readonly<Record<string, string>>): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(now)]);
  return [...names].filter((name) => before[name] !== now[name]).sort();
}

function parseIngredients(bytes: Buffer | undefined): Ingredients | undefined {
  if (bytes === undefined) return undefined;
  const value = JSON.parse(bytes.toString('utf8'));
  return value?.v === 1 ? value : undefined;
}
