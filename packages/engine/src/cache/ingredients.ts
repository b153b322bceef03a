import { type CacheKey, type Digest, digestOf, type RunReason } from '@tsbuild/core';
import type { CacheRecords } from '@tsbuild/store';
import type { SolveContext } from '../solve/solve-context.ts';
import { type FactStream, type FileFacts, fileChanges } from './file-facts.ts';
import { isSameValue, shortValues } from './hashed-values.ts';
import { baseDifference, type RootIngredients, stepDifference } from './root-ingredients.ts';

/** What a key was made of, in an order in which a person looks for the reason: name → value or digest. */
export interface Ingredients {
  /** The instruction as it is written. */
  readonly instruction: string;
  /** Variables by name; values digested. */
  readonly variables: Readonly<Record<string, string>>;
  /** What holds for the instruction without standing in it, and what expansion made of it. */
  readonly settings: Readonly<Record<string, string>>;
  /** Files by path for each input: the context, a stage, a mount. */
  readonly files: Readonly<Record<string, FileFacts>>;
  /** Base image and earlier layers; absent for steps that do not read the whole root. */
  readonly root?: RootIngredients;
}

const VERSION = 3;
const PIECE_LENGTH = 64 * 1024;
/** Files that a reason names. */
const MAX_NAMED = 10;

/** What leaves this machine: values of variables cannot be guessed from it. */
export function forOthers(ingredients: Ingredients): Ingredients {
  return { ...ingredients, variables: shortValues(ingredients.variables) };
}

/** The name under which a step is found that was built elsewhere: without the context, which is another there, and in no clear text. */
export function sharedLineage(lineages: readonly string[]): Digest | undefined {
  const lineage = lineages.at(-1);
  return lineage === undefined ? undefined : digestOf(lineage);
}

/** Remembers what the key of a step was made of, for the next build's explanation. */
export async function recordIngredients(
  records: CacheRecords,
  lineages: readonly string[],
  key: CacheKey,
  ingredients: Ingredients,
): Promise<void> {
  await records.putIngredients(key, encodeIngredients(ingredients));
  await recordLineages(records, lineages, key);
}

/** Makes the key the newest of its step. */
export async function recordLineages(records: CacheRecords, lineages: readonly string[], key: CacheKey): Promise<void> {
  for (const lineage of lineages) await records.putLineage(lineage, key);
}

export function encodeIngredients({ files, ...rest }: Ingredients): Buffer {
  const inputs = Object.entries(files).map(([input, facts]) => [input, Object.entries(facts)] as const);
  return encodeStreamed({ ...rest, files: inputs });
}

/** Ingredients whose files are told one after the other. */
export interface StreamedIngredients extends Omit<Ingredients, 'files'> {
  readonly files: Iterable<readonly [input: string, facts: FactStream]>;
}

/** As {@link encodeIngredients}, without ever holding all files but as bytes. */
export function encodeStreamed(ingredients: StreamedIngredients): Buffer {
  const pieces: Buffer[] = [];
  let text = '';
  for (const part of jsonParts(ingredients)) {
    text += part;
    if (text.length < PIECE_LENGTH) continue;
    pieces.push(Buffer.from(text));
    text = '';
  }
  return Buffer.concat([...pieces, Buffer.from(text)]);
}

function* jsonParts({ files, ...rest }: StreamedIngredients): Generator<string> {
  yield `${JSON.stringify({ v: VERSION, ...rest }).slice(0, -1)},"files":{`;
  let beforeInput = '';
  for (const [input, facts] of files) {
    yield `${beforeInput}${JSON.stringify(input)}:{`;
    let before = '';
    for (const [path, fact] of facts) {
      yield `${before}${JSON.stringify(path)}:${JSON.stringify(fact)}`;
      before = ',';
    }
    yield '}';
    beforeInput = ',';
  }
  yield '}}';
}

/** Where steps are found as they were the last time. */
export type Lineages = Pick<CacheRecords, 'getLineage' | 'getIngredients'>;

/** Key last recorded for a step, by the most specific lineage that has one. */
export async function latestKey(records: Lineages, lineages: readonly string[]): Promise<CacheKey | undefined> {
  for (const lineage of lineages) {
    const key = await records.getLineage(lineage);
    if (key !== undefined) return key;
  }
  return undefined;
}

/** Why a step with this key is not cached: the first difference to what the step was made of last time. */
export async function explainMiss(
  records: Lineages,
  lineages: readonly string[],
  key: CacheKey,
  now: () => Ingredients,
): Promise<RunReason> {
  const previous = await latestKey(records, lineages);
  if (previous === undefined) return { kind: 'never-built' };
  if (previous === key) return { kind: 'evicted' };
  const before = parseIngredients(await records.getIngredients(previous));
  if (before === undefined) return { kind: 'never-built' };
  return firstDifference(before, now()) ?? { kind: 'evicted' };
}

/** As {@link explainMiss}; a step that this machine has never built is compared with what a shared cache says of it. */
export async function explainHereOrElsewhere(
  { store, shared, signal }: Pick<SolveContext, 'store' | 'shared' | 'signal'>,
  lineages: readonly string[],
  key: CacheKey,
  now: () => Ingredients,
): Promise<RunReason> {
  const here = await explainMiss(store.records, lineages, key, now);
  const lineage = here.kind === 'never-built' ? sharedLineage(lineages) : undefined;
  const found = lineage === undefined ? undefined : await shared.explain(lineage, signal);
  const difference = found === undefined ? undefined : firstDifference(found.step.ingredients, now());
  return difference === undefined || found === undefined ? here : { ...difference, comparedWith: found.from };
}

/** Another base comes first: it often has other variables and settings too. */
function firstDifference(before: Ingredients, now: Ingredients): RunReason | undefined {
  if (before.instruction !== now.instruction)
    return { kind: 'instruction-changed', from: before.instruction, to: now.instruction };
  const base = baseDifference(before.root, now.root);
  if (base !== undefined) return base;
  const [variable] = changedNames(before.variables, now.variables, isSameValue);
  if (variable !== undefined) return { kind: 'variable-changed', name: variable };
  const [setting] = changedNames(before.settings, now.settings, Object.is);
  if (setting !== undefined)
    return {
      kind: 'setting-changed',
      name: setting,
      from: before.settings[setting] ?? '',
      to: now.settings[setting] ?? '',
    };
  return inputDifference(before, now) ?? stepDifference(before.root, now.root);
}

function inputDifference(before: Ingredients, now: Ingredients): RunReason | undefined {
  for (const [input, files] of Object.entries(now.files)) {
    const changes = fileChanges(before.files[input] ?? {}, files);
    if (changes.length === 0) continue;
    const details = changes.slice(0, MAX_NAMED);
    const changed = details.map(({ path }) => path);
    return { kind: 'input-changed', input, changed, more: changes.length - changed.length, details };
  }
  return undefined;
}

/** Names whose value was added, removed or changed, in code-unit order. */
function changedNames(
  before: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
  isSame: (a: string | undefined, b: string | undefined) => boolean,
): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(now)]);
  return [...names].filter((name) => !isSame(before[name], now[name])).sort();
}

export function parseIngredients(bytes: Buffer | undefined): Ingredients | undefined {
  if (bytes === undefined) return undefined;
  const value = JSON.parse(bytes.toString('utf8'));
  return value?.v === VERSION ? value : undefined;
}
