import { setImmediate as afterOthers } from 'node:timers/promises';
import type { Keyed } from '../cache/cache-key.ts';
import { recordIngredients } from '../cache/ingredients.ts';
import { type ExecRecord, execRecord, putExecRecord, recordedLayer, tierClass } from '../cache/records.ts';
import type { ExecVertex } from '../graph.ts';
import { extendChain, type Solved } from './chain.ts';
import { execute } from './exec-command.ts';
import { execIngredients, execKey, explainExecMiss } from './exec-key.ts';
import { type PreparedMount, prepareMounts } from './exec-mounts.ts';
import { type FoundRecord, findRecord, findUnread, sameContent } from './exec-records.ts';
import { keepLayer } from './keep-layer.ts';
import { keyedAgain } from './keyed-again.ts';
import type { SolveContext } from './solve-context.ts';

/** RUN: depends on its whole root; a hit adopts the chain that the recorded run had, so no image holds one that never was. */
export async function solveExec(vertex: ExecVertex, parent: Solved, context: SolveContext): Promise<Solved> {
  const { step } = vertex;
  const early = step.noCache ? undefined : await findUnread(vertex, parent.chain, context);
  if (early !== undefined) return cached(vertex, early, context);
  return keyedAgain((isFresh) => solveRead(vertex, parent, context, isFresh));
}

async function solveRead(vertex: ExecVertex, parent: Solved, context: SolveContext, isFresh: boolean): Promise<Solved> {
  const { step } = vertex;
  const mounts = await prepareMounts(vertex, context, { isFresh });
  const key = execKey(vertex, parent.chain, mounts);
  const found = step.noCache ? undefined : await findRecord(key, parent.chain, context, step.ttl);
  if (found !== undefined) return cached(vertex, found, context);
  const replayed = await replay(vertex, parent, mounts, key, context);
  if (replayed !== undefined) return replayed;
  return context.background.early((settle) =>
    context.store.withLock(key.key, async () => {
      const meanwhile = step.noCache ? undefined : await findRecord(key, parent.chain, context, step.ttl);
      if (meanwhile !== undefined) return settle(await cached(vertex, meanwhile, context));
      const { solved, record } = await run(vertex, parent, mounts, key, context);
      settle(solved);
      await afterOthers(); // what comes after the step begins meanwhile
      await record();
    }),
  );
}

/** What a step made, and what remembers it: nobody needs that who has the first. */
interface Ran {
  readonly solved: Solved;
  record(): Promise<void>;
}

/** The recorded run stands for this one, so it counts as one; that a later build finds the step cached is remembered. */
async function replay(
  vertex: ExecVertex,
  parent: Solved,
  mounts: readonly PreparedMount[],
  keyed: Keyed,
  context: SolveContext,
): Promise<Solved | undefined> {
  const { recording, store, reporter } = context;
  if (recording?.recorded === undefined) return undefined;
  const found = await findRecord(keyed, parent.chain, { ...context, shared: recording.recorded });
  if (found === undefined) return undefined;
  const { step } = vertex;
  if (recording.wasReplayed(keyed.key) && !step.noCache) {
    reporter.finish(step, 'cached');
    return found.solved;
  }
  const ingredients = execIngredients(vertex, parent.chain, mounts);
  const because = await explainExecMiss(vertex, keyed.key, ingredients, context);
  await recordIngredients(store.records, step.lineages, keyed.key, ingredients);
  reporter.finish(step, 'ran', { because });
  return found.solved;
}

async function cached({ step }: ExecVertex, found: FoundRecord, context: SolveContext): Promise<Solved> {
  const { solved, from } = found;
  const { reporter, shared, recording, store } = context;
  await recording?.meetCached(step, found.keyed.key, found.record.tier, store.records);
  reporter.finish(step, 'cached', from === undefined ? {} : { from });
  if (found.record.tier === undefined)
    shared.use({ ...found.keyed, record: execRecord(found.record), chain: solved.chain, lineages: step.lineages });
  return solved;
}

async function run(
  vertex: ExecVertex,
  parent: Solved,
  mounts: readonly PreparedMount[],
  keyed: Keyed,
  context: SolveContext,
): Promise<Ran> {
  const { store, reporter, shared } = context;
  const { step } = vertex;
  const { key } = keyed;
  const ingredients = execIngredients(vertex, parent.chain, mounts);
  const because = await explainExecMiss(vertex, key, ingredients, context);
  await context.recording?.meetCommand(step, key, ingredients, context.executor);
  const layer = await execute(vertex, parent, mounts, context);
  const fresh = { chain: extendChain(parent.chain, await keepLayer(layer, store)), created: new Date().toISOString() };
  const solved = (step.noCache ? undefined : await sameContent(vertex, fresh, context)) ?? fresh;
  const [own] = solved.chain.slice(-1);
  const onto = solved.chain.slice(0, -1).map((below) => recordedLayer(below));
  if (own?.contentId === undefined) throw new Error('a RUN layer has a content identity');
  const record: ExecRecord = {
    layer: recordedLayer({ ...own, contentId: own.contentId }),
    onto,
    created: solved.created,
    ...(solved === fresh ? {} : { confirmed: fresh.created }),
    ...tierClass((await context.executor()).tier),
  };
  if (record.tier === undefined)
    shared.use({ ...keyed, record: execRecord(record), chain: solved.chain, lineages: step.lineages });
  reporter.finish(step, 'ran', { because });
  return {
    solved,
    async record() {
      await putExecRecord(store.records, key, record);
      await recordIngredients(store.records, step.lineages, key, ingredients);
    },
  };
}
