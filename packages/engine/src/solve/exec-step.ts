import {
  type CacheKey,
  ExecError,
  type ExecResult,
  type Executor,
  formatPlatform,
  type ProcessSpec,
  type RunReason,
  SolveError,
  type WrittenLayer,
} from '@tsbuild/core';
import { cacheKey, canonicalJson } from '../cache/cache-key.ts';
import { explainExpiry, isExpired } from '../cache/expiry.ts';
import type { FileFacts } from '../cache/file-facts.ts';
import { explainMiss, hashedValues, type Ingredients, latestKey, recordIngredients } from '../cache/ingredients.ts';
import { type ExecRecord, getExecRecord, putExecRecord, tierClass } from '../cache/records.ts';
import { rootIngredients } from '../cache/root-ingredients.ts';
import type { ExecVertex } from '../graph.ts';
import { type Chain, type ChainLayer, extendChain, layerIdentity, rootIdentity, type Solved } from './chain.ts';
import { endedBy, processLimits } from './command-limits.ts';
import { type OpenedMount, type PreparedMount, prepareMounts } from './exec-mounts.ts';
import { keepLayer } from './keep-layer.ts';
import type { SolveContext } from './solve-context.ts';
import { createStepOutput } from './step-output.ts';

/** RUN: depends on its whole root; a hit adopts the chain that the recorded run had, so no image holds one that never was. */
export async function solveExec(vertex: ExecVertex, parent: Solved, context: SolveContext): Promise<Solved> {
  const { step } = vertex;
  const mounts = await prepareMounts(vertex, context);
  const key = execKey(vertex, parent.chain, mounts);
  const found = step.noCache ? undefined : await findRecord(key, parent.chain, context, step.ttl);
  if (found !== undefined) return cached(vertex, found, context);
  return context.store.withLock(key, async () => {
    const meanwhile = step.noCache ? undefined : await findRecord(key, parent.chain, context, step.ttl);
    return meanwhile === undefined
      ? await run(vertex, parent, mounts, key, context)
      : cached(vertex, meanwhile, context);
  });
}

/** Everything that the command's result depends on. */
export function execKey(vertex: ExecVertex, chain: Chain, mounts: readonly PreparedMount[]): CacheKey {
  const { args, env, cwd, user, network, security, hostname, platform } = vertex;
  return cacheKey('run/v1', {
    root: chain.map(layerIdentity),
    args,
    env,
    cwd,
    user,
    network: network === 'host' ? 'default' : network,
    security,
    hostname: hostname ?? null,
    mounts: mounts.map(({ key }) => key),
    platform: { os: platform.os, architecture: platform.architecture, variant: platform.variant ?? null },
  });
}

function cached({ step }: ExecVertex, solved: Solved, { reporter }: SolveContext): Solved {
  reporter.finish(step, 'cached');
  return solved;
}

/** A record whose layers are all still there. Its chain has the same contents as `chain`, perhaps with older times. */
export async function findRecord(
  key: CacheKey,
  chain: Chain,
  { store, layers, executor }: Pick<SolveContext, 'store' | 'layers' | 'executor'>,
  ttl?: number,
): Promise<Solved | undefined> {
  const record = await getExecRecord(store.records, key);
  if (record === undefined || record.onto.length !== chain.length) return undefined;
  if (isExpired(record, ttl)) return undefined;
  if (record.tier !== undefined && (await executor()).tier !== record.tier) return undefined;
  const onto = record.onto.map(
    (layer, at): ChainLayer => (layer.diffId === chain[at]?.diffId ? { ...chain[at], ...layer } : layer),
  );
  for (const layer of [...onto, record.layer]) if (!(await layers.isAvailable(layer))) return undefined;
  const below = onto.every((layer, at) => isSameLayer(layer, chain[at])) ? chain : onto;
  return { chain: extendChain(below, record.layer), created: record.created };
}

function isSameLayer({ diffId, contentId }: ChainLayer, other: ChainLayer | undefined): boolean {
  return other?.diffId === diffId && other.contentId === contentId;
}

async function run(
  vertex: ExecVertex,
  parent: Solved,
  mounts: readonly PreparedMount[],
  key: CacheKey,
  context: SolveContext,
): Promise<Solved> {
  const { store, reporter } = context;
  const { step } = vertex;
  const ingredients = execIngredients(vertex, parent.chain, mounts);
  const because = await explainExecMiss(vertex, key, ingredients, context);
  const layer = await execute(vertex, parent, mounts, context);
  const fresh = { chain: extendChain(parent.chain, await keepLayer(layer, store)), created: new Date().toISOString() };
  const solved = (step.noCache ? undefined : await sameContent(vertex, fresh, context)) ?? fresh;
  const [own] = solved.chain.slice(-1);
  const onto = solved.chain
    .slice(0, -1)
    .map(({ diffId, contentId }) => (contentId === undefined ? { diffId } : { diffId, contentId }));
  if (own?.contentId === undefined) throw new Error('a RUN layer has a content identity');
  await putExecRecord(store.records, key, {
    layer: { diffId: own.diffId, contentId: own.contentId },
    onto,
    created: solved.created,
    ...(solved === fresh ? {} : { confirmed: fresh.created }),
    ...tierClass((await context.executor()).tier),
  });
  await recordIngredients(store.records, step.lineages, key, ingredients);
  reporter.finish(step, 'ran', { because });
  return solved;
}

export async function explainExecMiss(
  { step }: ExecVertex,
  key: CacheKey,
  ingredients: Ingredients,
  { store }: Pick<SolveContext, 'store'>,
): Promise<RunReason> {
  if (step.noCache) return { kind: 'no-cache' };
  const expiry = explainExpiry(await getExecRecord(store.records, key), step.ttl);
  return expiry ?? (await explainMiss(store.records, step.lineages, key, ingredients));
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
  { layers, store, reporter, limits, signal }: SolveContext,
): Promise<WrittenLayer> {
  const output = createStepOutput(
    opened.flatMap(({ secret }) => secret ?? []),
    (stream, bytes) => reporter.log(vertex.step, stream, bytes),
  );
  const result = await executor.run({
    rootfs: await layers.rootfs(parent.chain, signal),
    process: { ...processOf(vertex, opened), ...processLimits(limits) },
    mounts: opened.flatMap((mount) => mount.mounts),
    onOutput: output.push,
    createIngest: () => store.blobs.ingest(),
    signal,
    timeoutMs: limits.timeoutMs,
  });
  output.end();
  return layerOf(vertex, result, { lastOutput: output.tail(), reason: endedBy(result, limits) });
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
}

function layerOf(
  { args, step: { range } }: ExecVertex,
  { exitCode, layer }: ExecResult,
  { lastOutput, reason }: Ending,
) {
  if (exitCode !== 0) throw new ExecError(args, exitCode, lastOutput, { range, reason });
  if (layer === undefined) throw new SolveError('ERR_TSBUILD_SANDBOX', 'the sandbox returned no layer');
  return layer;
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
