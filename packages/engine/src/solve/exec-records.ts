import type { Keyed } from '../cache/cache-key.ts';
import { isExpired } from '../cache/expiry.ts';
import { latestKey } from '../cache/ingredients.ts';
import { type ExecRecord, getExecRecord, putExecRecord, tierClass } from '../cache/records.ts';
import type { SourceView } from '../cache/shared/shared-cache.ts';
import type { ExecVertex } from '../graph.ts';
import { type Chain, type ChainLayer, extendChain, rootIdentity, type Solved } from './chain.ts';
import { execKey } from './exec-key.ts';
import { prepareMounts } from './exec-mounts.ts';
import { knownSelections } from './known-selections.ts';
import type { SolveContext } from './solve-context.ts';

/** A record, the chain that it gives, and the shared cache that it comes from; absent for the store. */
export interface FoundRecord {
  readonly keyed: Keyed;
  readonly record: ExecRecord;
  readonly solved: Solved;
  readonly from?: string;
}

/**
 * Finds the record of a step that mounts files of stages by what shared caches say that these files are. Nothing is read; so
 * where there is no such record, the key has to be made again, of the files themselves.
 */
export async function findUnread(
  vertex: ExecVertex,
  chain: Chain,
  context: SolveContext,
): Promise<FoundRecord | undefined> {
  const selected = await knownSelections(vertex, context);
  if (selected === undefined) return undefined;
  const mounts = await prepareMounts(vertex, context, { known: selected });
  return findRecord(execKey(vertex, chain, mounts), chain, context, vertex.step.ttl);
}

/** A record whose layers are all still there. Its chain has the same contents as `chain`, perhaps with older times. */
export async function findRecord(
  keyed: Keyed,
  chain: Chain,
  context: Pick<SolveContext, 'store' | 'layers' | 'executor' | 'shared' | 'signal'>,
  ttl?: number,
): Promise<FoundRecord | undefined> {
  const { store, shared, signal } = context;
  const record = await getExecRecord(store.records, keyed.key);
  const solved = record === undefined || isExpired(record, ttl) ? undefined : await adopt(record, chain, context);
  if (record !== undefined && solved !== undefined) return { keyed, record, solved };
  return shared.ask(async (source) => {
    const theirs = await getExecRecord(source, keyed.key);
    // What a weaker sandbox made is never exported; who says otherwise is not believed.
    if (theirs === undefined || theirs.tier !== undefined || isExpired(theirs, ttl)) return undefined;
    const adopted = await adopt(theirs, chain, context, source);
    if (adopted === undefined) return undefined;
    if (source.keepsRecords) await putExecRecord(store.records, keyed.key, theirs);
    return { keyed, record: theirs, solved: adopted, from: source.name };
  }, signal);
}

async function adopt(
  record: ExecRecord,
  chain: Chain,
  { layers, executor }: Pick<SolveContext, 'layers' | 'executor'>,
  source?: SourceView,
): Promise<Solved | undefined> {
  if (record.onto.length !== chain.length) return undefined;
  if (record.tier !== undefined && (await executor()).tier !== record.tier) return undefined;
  if (source !== undefined && rootIdentity(record.onto) !== rootIdentity(chain)) return undefined;
  const adopted: ChainLayer[] = [];
  for (const [at, layer] of [...record.onto, record.layer].entries()) {
    const isBelow = layer.diffId === chain[at]?.diffId;
    const known = isBelow ? { ...chain[at], ...layer } : layer;
    // What lies below was there when the step below was solved, and is not asked for again by every step above.
    const isStored = (isBelow && source === undefined) || (await layers.isAvailable(known));
    const located = source === undefined ? (isStored ? known : undefined) : source.locate(known, isStored);
    if (located === undefined) return undefined;
    adopted.push(located);
  }
  const [own, ...onto] = adopted.reverse();
  if (own === undefined) throw new Error('a record names its own layer');
  onto.reverse();
  const below = onto.every((layer, at) => isSameLayer(layer, chain[at])) ? chain : onto;
  return { chain: extendChain(below, own), created: record.created };
}

function isSameLayer({ diffId, contentId }: ChainLayer, other: ChainLayer | undefined): boolean {
  return other?.diffId === diffId && other.contentId === contentId;
}

/**
 * Early cut-off: a step that ran again, on a root of the same contents, and wrote the same content, takes the chain of
 * the last time; so images that did not change stay the same to the byte.
 */
export async function sameContent(
  vertex: ExecVertex,
  fresh: Solved & { created: string },
  { store, layers, executor }: SolveContext,
): Promise<(Solved & { created: string }) | undefined> {
  const previousKey = await latestKey(store.records, vertex.step.lineages);
  const previous: ExecRecord | undefined =
    previousKey === undefined ? undefined : await getExecRecord(store.records, previousKey);
  if (previous === undefined || previous.tier !== tierClass((await executor()).tier).tier) return undefined;
  const chain: ChainLayer[] = [...previous.onto, previous.layer].map((layer, at) => {
    const same = fresh.chain[at];
    return same?.diffId === layer.diffId ? { ...same, ...layer } : layer;
  });
  if (rootIdentity(chain) !== rootIdentity(fresh.chain)) return undefined;
  for (const layer of chain) if (!(await layers.isAvailable(layer))) return undefined;
  return { chain, created: previous.created };
}
