import type { CacheKey, FileTree, Ingest, RunReason, WrittenLayer } from '@tsbuild/core';
import { type DestinationFacts, factsHold } from '@tsbuild/layer';
import { explainFacts } from '../cache/explain-facts.ts';
import { explainMiss, hashedValues, type Ingredients, recordIngredients } from '../cache/ingredients.ts';
import { type FileVariant, getFileVariants, putFileVariant } from '../cache/records.ts';
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
    if (await layers.isAvailable(variant.layer)) available.push(variant);
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
  const created = new Date().toISOString();
  await putFileVariant(store.records, key, {
    layer: recorded,
    facts,
    roots: [rootIdentity(parent.chain)],
    created,
  });
  await recordIngredients(store.records, step.lineages, key, ingredients);
  reporter.finish(step, 'ran', { because });
  return { chain: extendChain(parent.chain, recorded), created };
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
  const reason = await explainMiss(store.records, file.step.lineages, file.key, ingredients);
  if (reason.kind !== 'evicted' || !file.asksDestination) return reason;
  const [newest] = await getFileVariants(store.records, file.key);
  if (newest === undefined || !(await layers.isAvailable(newest.layer))) return reason;
  return (await explainFacts(await layers.tree(file.parent.chain, context.signal), newest.facts)) ?? reason;
}
