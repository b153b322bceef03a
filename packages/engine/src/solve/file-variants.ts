import type { FileTree, Ingest, RunReason, WrittenLayer } from '@tsbuild/core';
import { type DestinationFacts, factsHold } from '@tsbuild/layer';
import type { Keyed } from '../cache/cache-key.ts';
import { explainExpiry, isExpired } from '../cache/expiry.ts';
import { explainFacts } from '../cache/explain-facts.ts';
import { hashedValues } from '../cache/hashed-values.ts';
import {
  encodeStreamed,
  explainHereOrElsewhere,
  type Ingredients,
  recordLineages,
  type StreamedIngredients,
} from '../cache/ingredients.ts';
import {
  type FileVariant,
  fileRecord,
  getFileVariants,
  putFileVariant,
  type RecordedLayer,
  recordedLayer,
} from '../cache/records.ts';
import type { UsedRecord } from '../cache/shared/shared-cache.ts';
import type { StepInfo } from '../graph.ts';
import { type ChainLayer, extendChain, rootIdentity, type Solved } from './chain.ts';
import { keepLayer } from './keep-layer.ts';
import type { SolveContext } from './solve-context.ts';

/** A step that writes files onto a destination of which it asks only a few questions: COPY, ADD, WORKDIR. */
export interface FileStep {
  readonly step: StepInfo;
  /** Everything but the destination. */
  readonly key: Keyed;
  readonly parent: Solved;
  files(): StreamedIngredients['files'];
  readonly settings: Ingredients['settings'];
  /** False for `--link`. */
  readonly asksDestination: boolean;
  write(
    destination: FileTree | undefined,
    ingest: Ingest,
  ): Promise<{ readonly layer: WrittenLayer; readonly facts: DestinationFacts }>;
}

/** A recorded layer with the place of its bytes, and the shared cache that it comes from; absent for the store. */
export interface FoundVariant {
  readonly variant: FileVariant;
  readonly layer: ChainLayer;
  readonly from?: string;
}

/** Takes a recorded layer whose questions have the same answers on this destination, or writes the layer. */
export async function solveFileStep(file: FileStep, context: SolveContext): Promise<Solved> {
  const { step, key } = file;
  const found = step.noCache ? undefined : await findVariant(file, context);
  if (found !== undefined) return takeVariant(file, found, context);
  return context.store.withLock(key.key, async () => {
    const meanwhile = step.noCache ? undefined : await findVariant(file, context);
    return meanwhile === undefined ? await build(file, context) : takeVariant(file, meanwhile, context);
  });
}

export function takeVariant(file: FileStep, found: FoundVariant, { reporter, shared }: SolveContext): Solved {
  const { variant, layer, from } = found;
  reporter.finish(file.step, 'cached', from === undefined ? {} : { from });
  shared.use(usedVariant(file, variant, layer));
  return { chain: extendChain(file.parent.chain, layer), created: variant.created };
}

/** For other machines, the record that this build used, and no more of what the store remembers. */
function usedVariant({ step, key, parent }: FileStep, variant: FileVariant, layer: ChainLayer): UsedRecord {
  const roots = [rootIdentity(parent.chain)];
  const own = { ...variant, layer: recordedLayer(variant.layer), roots };
  return { ...key, record: fileRecord([own]), chain: [layer], lineages: step.lineages };
}

/** A recorded layer that fits this destination, of the store or else of a shared cache. */
export async function findVariant(file: FileStep, context: SolveContext): Promise<FoundVariant | undefined> {
  const { store, layers, shared, signal } = context;
  const ours: FoundVariant[] = [];
  for (const variant of await getFileVariants(store.records, file.key.key)) {
    if (isExpired(variant, file.step.ttl)) continue;
    if (await layers.isAvailable(variant.layer)) ours.push({ variant, layer: variant.layer });
  }
  const found = await fitting(ours, file, context);
  if (found !== undefined) return found;
  return shared.ask(async (source) => {
    const theirs: FoundVariant[] = [];
    for (const variant of await getFileVariants(source, file.key.key)) {
      if (isExpired(variant, file.step.ttl)) continue;
      const layer = source.locate(variant.layer, await layers.isAvailable(variant.layer));
      if (layer !== undefined) theirs.push({ variant, layer, from: source.name });
    }
    const fits = await fitting(theirs, file, context);
    if (fits !== undefined && source.keepsRecords) await putFileVariant(store.records, file.key.key, fits.variant);
    return fits;
  }, signal);
}

/** Whether anything is recorded of the step, on whatever destination. */
export async function isRecorded({ key }: FileStep, { store, shared, signal }: SolveContext): Promise<boolean> {
  if ((await getFileVariants(store.records, key.key)).length > 0) return true;
  const found = await shared.ask(
    async (source) => (await getFileVariants(source, key.key)).length > 0 || undefined,
    signal,
  );
  return found === true;
}

/** The first that is known to fit the root, else the first whose questions have the same answers there. */
async function fitting(
  candidates: readonly FoundVariant[],
  file: FileStep,
  { store, layers, signal }: SolveContext,
): Promise<FoundVariant | undefined> {
  const root = rootIdentity(file.parent.chain);
  const known = candidates.find(({ variant }) => !file.asksDestination || variant.roots.includes(root));
  if (known !== undefined || candidates.length === 0) return known;
  const destination = await layers.tree(file.parent.chain, signal);
  for (const { variant, layer, from } of candidates) {
    if (!(await holds(destination, variant, from))) continue;
    const remembered = { ...variant, roots: [root, ...variant.roots] };
    if (from !== undefined) return { variant: remembered, layer, from };
    await putFileVariant(store.records, file.key.key, remembered);
    return { variant: remembered, layer };
  }
  return undefined;
}

/** What a shared cache asks may make no sense. */
async function holds(tree: FileTree, { facts }: FileVariant, from: string | undefined): Promise<boolean> {
  return factsHold(tree, facts).catch((error: unknown) => {
    if (from === undefined) throw error;
    return false;
  });
}

async function build(file: FileStep, context: SolveContext): Promise<Solved> {
  const { store, reporter, shared } = context;
  const { step, parent } = file;
  const { key } = file.key;
  const because = await explainFileMiss(file, context);
  await context.recording?.meet(step, key, fileIngredients(file));
  // Before there is a layer to hold too: what a key was made of is true whatever becomes of the step.
  await store.records.putIngredients(key, encodeStreamed(streamedIngredients(file)));
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
  const variant = { layer: recorded, facts, roots: [rootIdentity(parent.chain)], ...dates };
  await putFileVariant(store.records, key, variant);
  shared.use(usedVariant(file, variant, recorded));
  await recordLineages(store.records, step.lineages, key);
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
  const same = (await getFileVariants(store.records, key.key)).find(({ layer }) => layer.diffId === diffId);
  return same === undefined ? undefined : { created: same.created, confirmed: now };
}

function streamedIngredients({ step, settings, files }: FileStep): StreamedIngredients {
  return { instruction: step.name, variables: hashedValues(step.variables ?? {}), settings, files: files() };
}

function fileIngredients(file: FileStep): Ingredients {
  const { files, ...rest } = streamedIngredients(file);
  return { ...rest, files: Object.fromEntries([...files].map(([input, facts]) => [input, Object.fromEntries(facts)])) };
}

/** With the same key as before, it is the destination that gives other answers, or the layer is gone. */
export async function explainFileMiss(file: FileStep, context: SolveContext): Promise<RunReason> {
  const { store, layers } = context;
  if (file.step.noCache) return { kind: 'no-cache' };
  const [latest] = await getFileVariants(store.records, file.key.key);
  const expiry = explainExpiry(latest, file.step.ttl);
  if (expiry !== undefined) return expiry;
  const reason = await explainHereOrElsewhere(context, file.step.lineages, file.key.key, () => fileIngredients(file));
  if (reason.kind !== 'evicted' || !file.asksDestination) return reason;
  if (latest === undefined || !(await layers.isAvailable(latest.layer))) return reason;
  return (await explainFacts(await layers.tree(file.parent.chain, context.signal), latest.facts)) ?? reason;
}
