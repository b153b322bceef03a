import type { CacheKey, FileTree, Ingest, RunReason, WrittenLayer } from '@tsbuild/core';
import { type DestinationFacts, factsHold } from '@tsbuild/layer';
import { explainExpiry, isExpired } from '../cache/expiry.ts';
import { explainFacts } from '../cache/explain-facts.ts';
import { explainMiss, hashedValues, type Ingredients, recordIngredients } from '../cache/ingredients.ts';
import { type FileVariant, getFileVariants, putFileVariant, type RecordedLayer } from '../cache/records.ts';
import type { StepInfo } from '../graph.ts';
import { extendChain, rootIdentity, type Solved } from './chain.ts';
import { keepLayer } from './keep-layer.ts';
import type { SolveContext } from './solve-context.ts';

/** A step that writes files onto a destination of which it asks only a few questions: COPY, ADD, WORKDIR. */
export interface FileStep {
  readonly step: StepInfo;
  /** Everything but the destination. */
  readonly key: CacheKey;
  readonly parent: Solved;
  files(): Ingredients['files'];
  readonly settings: Ingredients['settings'];
  /** False for `--link`. */
  readonly asksDestination: boolean;
  write(
    destination: FileTree | undefined,
    ingest: Ingest,
  ): Promise<{ readonly layer: WrittenLayer; readonly facts: DestinationFacts }>;
}

/** Takes a recorded layer whose questions have the same answers on this destination, or writes the layer. */
export async function solveFileStep(file: FileStep, context: SolveContext): Promise<Solved> {
  const { step, key } = file;
  const found = step.noCache ? undefined : await findVariant(file, context);
  if (found !== undefined) return cached(file, found, context);
  return context.store.withLock(key, async () => {
    const meanwhile = step.noCache ? undefined : await findVariant(file, context);
    return meanwhile === undefined ? await build(file, context) : cached(file, meanwhile, context);
  });
}

function cached({ step, parent }: FileStep, { layer, created }: FileVariant, { reporter }: SolveContext): Solved {
  reporter.finish(step, 'cached');
  return { chain: extendChain(parent.chain, layer), created };
}

/** A recorded layer that fits this destination. */
export async function findVariant(file: FileStep, context: SolveContext): Promise<FileVariant | undefined> {
  const { store, layers } = context;
  const available: FileVariant[] = [];
  for (const variant of await getFileVariants(store.records, file.key)) {
    if (!isExpired(variant, file.step.ttl) && (await layers.isAvailable(variant.layer))) available.push(variant);
  }
  const root = rootIdentity(file.parent.chain);
  const known = available.find(({ roots }) => !file.asksDestination || roots.includes(root));
  if (known !== undefined || available.length === 0) return known;
  const destination = await layers.tree(file.parent.chain, context.signal);
  for (const variant of available) {
    if (!(await factsHold(destination, variant.facts))) continue;
    const remembered = { ...variant, roots: [root, ...variant.roots] };
    await putFileVariant(store.records, file.key, remembered);
    return remembered;
  }
  return undefined;
}

async function build(file: FileStep, context: SolveContext): Promise<Solved> {
  const { store, reporter } = context;
  const { step, key, parent } = file;
  const ingredients = fileIngredients(file);
  const because = await explainFileMiss(file, ingredients, context);
  const { layer, facts } = await context.limit(async () => {
    const destination = file.asksDestination ? await context.layers.tree(parent.chain, context.signal) : undefined;
    await using ingest = await store.blobs.ingest();
    return await file.write(destination, ingest);
  });
  const recorded = await keepLayer(layer, store);
  const now = new Date().toISOString();
  const dates = (step.ttl === undefined ? undefined : await confirmedDates(file, recorded, now, context)) ?? {
    created: now,
  };
  const roots = [rootIdentity(parent.chain)];
  await putFileVariant(store.records, key, { layer: recorded, facts, roots, ...dates });
  await recordIngredients(store.records, step.lineages, key, ingredients);
  reporter.finish(step, 'ran', { because });
  return { chain: extendChain(parent.chain, recorded), created: dates.created };
}

/** A step that expired and wrote the same again keeps its time, so that the image does not change. */
async function confirmedDates(
  { key, step }: FileStep,
  { diffId }: RecordedLayer,
  now: string,
  { store }: SolveContext,
): Promise<Pick<FileVariant, 'created' | 'confirmed'> | undefined> {
  if (step.noCache) return undefined;
  const same = (await getFileVariants(store.records, key)).find(({ layer }) => layer.diffId === diffId);
  return same === undefined ? undefined : { created: same.created, confirmed: now };
}

export function fileIngredients({ step, settings, files }: FileStep): Ingredients {
  return { instruction: step.name, variables: hashedValues(step.variables ?? {}), settings, files: files() };
}

/** With the same key as before, it is the destination that gives other answers, or the layer is gone. */
export async function explainFileMiss(
  file: FileStep,
  ingredients: Ingredients,
  context: SolveContext,
): Promise<RunReason> {
  const { store, layers } = context;
  if (file.step.noCache) return { kind: 'no-cache' };
  const [latest] = await getFileVariants(store.records, file.key);
  const expiry = explainExpiry(latest, file.step.ttl);
  if (expiry !== undefined) return expiry;
  const reason = await explainMiss(store.records, file.step.lineages, file.key, ingredients);
  if (reason.kind !== 'evicted' || !file.asksDestination) return reason;
  if (latest === undefined || !(await layers.isAvailable(latest.layer))) return reason;
  return (await explainFacts(await layers.tree(file.parent.chain, context.signal), latest.facts)) ?? reason;
}
