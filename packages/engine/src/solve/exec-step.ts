import {
  type CacheKey,
  digestOf,
  ExecError,
  type ExecResult,
  type Executor,
  type FailedRoot,
  formatPlatform,
  type ProcessSpec,
  type RunReason,
  SolveError,
  type WrittenLayer,
} from '@tsbuild/core';
import { canonicalJson, type Keyed, keyed } from '../cache/cache-key.ts';
import { explainExpiry, isExpired } from '../cache/expiry.ts';
import type { FileFacts } from '../cache/file-facts.ts';
import {
  explainHereOrElsewhere,
  hashedValues,
  type Ingredients,
  latestKey,
  recordIngredients,
} from '../cache/ingredients.ts';
import {
  type ExecRecord,
  execRecord,
  getExecRecord,
  putExecRecord,
  recordedLayer,
  tierClass,
} from '../cache/records.ts';
import { rootIngredients } from '../cache/root-ingredients.ts';
import type { SourceView } from '../cache/shared/shared-cache.ts';
import type { ExecVertex } from '../graph.ts';
import { type Chain, type ChainLayer, extendChain, rootIdentity, type Solved } from './chain.ts';
import { endedBy, processLimits } from './command-limits.ts';
import { type OpenedMount, type PreparedMount, prepareMounts } from './exec-mounts.ts';
import { failureHint } from './failure-hint.ts';
import { keepLayer } from './keep-layer.ts';
import { keyedAgain } from './keyed-again.ts';
import { knownSelections } from './known-selections.ts';
import type { SolveContext } from './solve-context.ts';
import { createStepOutput } from './step-output.ts';

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
  return context.store.withLock(key.key, async () => {
    const meanwhile = step.noCache ? undefined : await findRecord(key, parent.chain, context, step.ttl);
    return meanwhile === undefined
      ? await run(vertex, parent, mounts, key, context)
      : await cached(vertex, meanwhile, context);
  });
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

/** Everything that the command's result depends on. */
export function execKey(vertex: ExecVertex, chain: Chain, mounts: readonly PreparedMount[]): Keyed {
  const { args, env, cwd, user, network, security, hostname, platform } = vertex;
  return keyed('run/v2', {
    root: rootIdentity(chain),
    args,
    // Keys are exported with what they are made of, values of variables are not.
    env: digestOf(canonicalJson(env)),
    cwd,
    user,
    network: network === 'host' ? 'default' : network,
    security,
    hostname: hostname ?? null,
    mounts: mounts.map(({ key }) => key),
    platform: { os: platform.os, architecture: platform.architecture, variant: platform.variant ?? null },
  });
}

/** A record, the chain that it gives, and the shared cache that it comes from; absent for the store. */
export interface FoundRecord {
  readonly keyed: Keyed;
  readonly record: ExecRecord;
  readonly solved: Solved;
  readonly from?: string;
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
    const known = layer.diffId === chain[at]?.diffId ? { ...chain[at], ...layer } : layer;
    const isStored = await layers.isAvailable(known);
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

async function run(
  vertex: ExecVertex,
  parent: Solved,
  mounts: readonly PreparedMount[],
  keyed: Keyed,
  context: SolveContext,
): Promise<Solved> {
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
  await putExecRecord(store.records, key, record);
  if (record.tier === undefined)
    shared.use({ ...keyed, record: execRecord(record), chain: solved.chain, lineages: step.lineages });
  await recordIngredients(store.records, step.lineages, key, ingredients);
  reporter.finish(step, 'ran', { because });
  return solved;
}

export async function explainExecMiss(
  { step }: ExecVertex,
  key: CacheKey,
  ingredients: Ingredients,
  context: Pick<SolveContext, 'store' | 'shared' | 'signal'>,
): Promise<RunReason> {
  if (step.noCache) return { kind: 'no-cache' };
  const expiry = explainExpiry(await getExecRecord(context.store.records, key), step.ttl);
  return expiry ?? (await explainHereOrElsewhere(context, step.lineages, key, ingredients));
}

/**
 * Early cut-off: a step that ran again, on a root of the same contents, and wrote the same content, takes the chain of
 * the last time; so images that did not change stay the same to the byte.
 */
async function sameContent(
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

async function execute(
  vertex: ExecVertex,
  parent: Solved,
  mounts: readonly PreparedMount[],
  context: SolveContext,
): Promise<WrittenLayer> {
  const executor = await context.executor();
  context.sandboxWarnings.check(executor);
  return context.limit(async () => {
    context.signal?.throwIfAborted();
    const opened = new Map<PreparedMount, OpenedMount>();
    try {
      for (const mount of inLockOrder(mounts)) opened.set(mount, await mount.open());
      const inOrder = mounts.flatMap((mount) => opened.get(mount) ?? []);
      return await runCommand(vertex, parent, inOrder, executor, context);
    } finally {
      for (const { release } of opened.values()) await release?.();
    }
  });
}

function inLockOrder(mounts: readonly PreparedMount[]): PreparedMount[] {
  return [...mounts].sort(({ lockOrder: a = '' }, { lockOrder: b = '' }) => (a < b ? -1 : Number(a > b)));
}

async function runCommand(
  vertex: ExecVertex,
  parent: Solved,
  opened: readonly OpenedMount[],
  executor: Executor,
  context: SolveContext,
): Promise<WrittenLayer> {
  const { layers, store, reporter, limits, signal } = context;
  const { debug } = context;
  const output = createStepOutput(
    opened.flatMap(({ secret }) => secret ?? []),
    (stream, bytes) => reporter.log(vertex.step, stream, bytes),
  );
  const process = { ...processOf(vertex, opened), ...processLimits(limits) };
  const endingOf = (result: ExecResult) => {
    const lastOutput = output.tail();
    return { lastOutput, reason: endedBy(result, limits), hint: failureHint(executor.tier, lastOutput) };
  };
  const onFailure = async (root: FailedRoot) => {
    output.end();
    const { step } = vertex;
    const error = failureOf(vertex, root.result, endingOf(root.result));
    reporter.finish(step, 'failed', { error: error.message });
    await debug?.({ name: step.name, label: step.label, error, root, process, chain: parent.chain }, context);
  };
  const result = await executor.run({
    rootfs: await layers.rootfs(parent.chain, signal),
    process,
    mounts: opened.flatMap((mount) => mount.mounts),
    onOutput: output.push,
    createIngest: () => store.blobs.ingest(),
    onFailure: debug && onFailure,
    signal,
    timeoutMs: limits.timeoutMs,
  });
  output.end();
  return layerOf(vertex, result, endingOf(result));
}

function processOf(vertex: ExecVertex, opened: readonly OpenedMount[]): ProcessSpec {
  const { args, env, proxyEnv, cwd, user, security, hostname, network, extraHosts } = vertex;
  return {
    args,
    env: Object.assign({}, proxyEnv, env, ...opened.map((mount) => mount.env)),
    cwd,
    user,
    isPrivileged: security === 'insecure',
    ...(hostname === undefined ? {} : { hostname }),
    network: network === 'none' ? 'none' : 'host',
    extraHosts: Object.entries(extraHosts).map(([name, address]) => ({ name, address })),
  };
}

interface Ending {
  readonly lastOutput: string;
  readonly reason: string | undefined;
  readonly hint: string | undefined;
}

function layerOf(vertex: ExecVertex, result: ExecResult, ending: Ending): WrittenLayer {
  const { exitCode, layer } = result;
  if (exitCode !== 0) throw failureOf(vertex, result, ending);
  if (layer === undefined) throw new SolveError('ERR_TSBUILD_SANDBOX', 'the sandbox returned no layer');
  return layer;
}

function failureOf(
  { args, step: { range } }: ExecVertex,
  { exitCode }: ExecResult,
  { lastOutput, reason, hint }: Ending,
): ExecError {
  return new ExecError(args, exitCode, lastOutput, { range, reason, hint });
}

export function execIngredients(vertex: ExecVertex, chain: Chain, mounts: readonly PreparedMount[]): Ingredients {
  const files: Record<string, FileFacts> = {};
  for (const mount of mounts) if (mount.name !== '') files[mount.name] = { ...files[mount.name], ...mount.files() };
  return {
    instruction: vertex.step.name,
    variables: hashedValues(vertex.env),
    settings: settingsOf(vertex, mounts),
    files,
    root: rootIngredients(vertex.parent, chain),
  };
}

/** What stands outside of the instruction, by the name of what sets it. */
function settingsOf(vertex: ExecVertex, mounts: readonly PreparedMount[]): Record<string, string> {
  const { user, cwd, args, script, network, security, hostname, platform } = vertex;
  return {
    USER: user,
    WORKDIR: cwd,
    SHELL: args.slice(0, -1).join(' '),
    command: script?.content ?? args.at(-1) ?? '',
    '--network': network,
    '--security': security,
    '--platform': formatPlatform(platform),
    BUILDKIT_SANDBOX_HOSTNAME: hostname ?? '',
    '--mount': canonicalJson(mounts.flatMap(({ name, key }) => (name === '' ? [key] : []))),
  };
}
