import {
  type BuildWarning,
  type CacheKey,
  type CacheRecord,
  compressionOf,
  type Digest,
  isTsbuildError,
  redactCredentials,
  type StepId,
} from '@tsbuild/core';
import type { Chain, ChainLayer, RemoteLayer } from '../../solve/chain.ts';
import { atMost } from '../../solve/claimed-size.ts';
import type { Keyed } from '../cache-key.ts';
import type { RecordSource } from '../records.ts';
import type { CacheSource } from './cache-source.ts';
import type { ExplainedStep } from './explanations.ts';
import { patient, within } from './patience.ts';
import { descriptorOf, type SharedBlob } from './shared-document.ts';

/** A source as a step asks it. */
export interface SourceView extends RecordSource {
  readonly name: string;
  readonly keepsRecords: boolean;
  /** The layer with the place where its bytes are; undefined when it cannot be had. */
  locate(layer: ChainLayer, isStored: boolean): ChainLayer | undefined;
}

/** A record that this build made or used, for those who export. */
export interface UsedRecord extends Keyed {
  readonly record: CacheRecord;
  /** Layers that the record names, with their places. */
  readonly chain: Chain;
  /** Of the step; absent for what is no step's. */
  readonly lineages?: readonly string[];
}

/** The shared caches of one build: read in the order in which they were named, after the store. */
export interface SharedCache {
  /** The first answer of a source. One that fails is not asked again, and costs no more than its time. */
  ask<T>(
    question: (source: SourceView) => Promise<T | undefined>,
    signal: AbortSignal | undefined,
  ): Promise<T | undefined>;
  /** False when there is nobody to ask. */
  readonly hasSources: boolean;
  /** Contents of an exported cache mount, each layer with its place. */
  mount(id: string, signal: AbortSignal | undefined): Promise<Chain | undefined>;
  /** What the step of this place was made of elsewhere, and the cache that says so. */
  explain(
    lineage: Digest,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly step: ExplainedStep; readonly from: string } | undefined>;
  /** Remembers a record for export. */
  use(record: UsedRecord): void;
  /** What was remembered, of all or of some steps. */
  used(steps?: ReadonlySet<StepId>): readonly UsedRecord[];
  /** The same caches for one step: what is remembered is remembered as its own. */
  forStep(step: StepId): SharedCache;
  /** What went wrong with sources so far. */
  readonly warnings: readonly BuildWarning[];
  /** Grows when a source turned out not to have the layers that it promised: a build that failed may succeed without them. */
  readonly brokenPromises: number;
}

interface SharedCacheOptions {
  readonly sources: readonly CacheSource[];
  /** Whether anybody will ask what was used. */
  readonly isExported: boolean;
  onWarning(warning: BuildWarning): void;
}

/** What is known of a source during one build. */
interface SourceState {
  readonly source: CacheSource;
  isBroken: boolean;
  /** Layers that it knows of without having them may be named; until one of them is needed. */
  mayLackLayers: boolean;
  explains: boolean;
}

export function createSharedCache({ sources, isExported, onWarning }: SharedCacheOptions): SharedCache {
  const states = sources.map(
    (source): SourceState => ({ source, isBroken: false, mayLackLayers: true, explains: true }),
  );
  const records = new Map<CacheKey, UsedRecord>();
  const users = new Map<CacheKey, Set<StepId>>();
  const warnings: BuildWarning[] = [];
  let brokenPromises = 0;

  function giveUp(state: SourceState, error: unknown): void {
    if (state.isBroken) return;
    state.isBroken = true;
    const reason = redactCredentials(error instanceof Error ? error.message : String(error));
    const warning = { rule: 'CacheImport', message: `the cache ${state.source.name} is left out: ${reason}` };
    warnings.push(warning);
    onWarning(warning);
  }

  function remoteLayer(state: SourceState, layer: ChainLayer): RemoteLayer {
    const { source } = state;
    const blob = source.blob(layer.diffId);
    const tarSize = tarSizeOf(blob, layer);
    const failed: RemoteLayer['failed'] = (error, failedSignal) => {
      if (failedSignal?.aborted === true && !isTsbuildError(error)) return error;
      const isNew = tarSize === undefined ? state.mayLackLayers : !state.isBroken;
      if (tarSize === undefined) state.mayLackLayers = false;
      else giveUp(state, error);
      if (isNew) brokenPromises += 1;
      return error;
    };
    if (blob === undefined || tarSize === undefined)
      return { failed, fetch: () => Promise.reject(new Error(`${source.name} lacks a layer`)) };
    const descriptor = descriptorOf(blob);
    return {
      descriptor,
      tarSize,
      ...(blob.level === undefined ? {} : { level: blob.level }),
      ...(source.origin === undefined ? {} : { origin: source.origin }),
      fetch: async (fetchSignal) =>
        atMost(
          descriptor.size,
          patient(source.timeoutMs, fetchSignal, (either) => source.fetch(descriptor, either)),
        ),
      failed,
    };
  }

  /** Asks a source within its time. One that fails has no answer, now and later. */
  async function guarded<T>(
    state: SourceState,
    signal: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T | undefined> {
    if (state.isBroken) return undefined;
    try {
      return await within(state.source.timeoutMs, signal, work);
    } catch (error) {
      signal?.throwIfAborted();
      giveUp(state, error);
      return undefined;
    }
  }

  /** A source that cannot explain may have layers all the same. */
  async function explainedBy(
    state: SourceState,
    lineage: Digest,
    signal: AbortSignal | undefined,
  ): Promise<ExplainedStep | undefined> {
    const { source } = state;
    if (state.isBroken || !state.explains) return undefined;
    try {
      return await within(source.timeoutMs, signal, (either) => source.explain(lineage, either));
    } catch {
      signal?.throwIfAborted();
      state.explains = false;
      return undefined;
    }
  }

  function viewOf(state: SourceState, signal: AbortSignal | undefined): SourceView {
    const { source } = state;
    return {
      name: source.name,
      keepsRecords: source.trust === 'store',
      get: (key) => guarded(state, signal, (either) => source.get(key, either)),
      locate(layer, isStored) {
        if (layer.base !== undefined) return layer;
        const remote = remoteLayer(state, layer);
        return remote.descriptor !== undefined || isStored || state.mayLackLayers ? { ...layer, remote } : undefined;
      },
    };
  }

  function remember(record: UsedRecord, step: StepId | undefined): void {
    if (!isExported) return;
    records.set(record.key, record);
    const steps = users.get(record.key) ?? new Set();
    if (step !== undefined) steps.add(step);
    users.set(record.key, steps);
  }

  function isUsed({ key }: UsedRecord, steps: ReadonlySet<StepId>): boolean {
    return [...(users.get(key) ?? [])].some((step) => steps.has(step));
  }

  const cacheFor = (step: StepId | undefined): SharedCache => ({
    hasSources: states.length > 0,
    async ask(question, signal) {
      for (const state of states) {
        const answer = state.isBroken ? undefined : await question(viewOf(state, signal));
        if (answer !== undefined) return answer;
      }
      return undefined;
    },
    async mount(id, signal) {
      for (const state of states) {
        const { layers = [] } = (await guarded(state, signal, (either) => state.source.mount(id, either))) ?? {};
        const chain = layers.map((layer) => ({ ...layer, remote: remoteLayer(state, layer) }));
        if (chain.length > 0 && chain.every(({ remote }) => remote.descriptor !== undefined)) return chain;
      }
      return undefined;
    },
    async explain(lineage, signal) {
      for (const state of states) {
        const step = await explainedBy(state, lineage, signal);
        if (step !== undefined) return { step, from: state.source.name };
      }
      return undefined;
    },
    use: (record) => remember(record, step),
    used: (steps) => [...records.values()].filter((record) => steps === undefined || isUsed(record, steps)),
    forStep: cacheFor,
    warnings,
    get brokenPromises() {
      return brokenPromises;
    },
  });
  return cacheFor(undefined);
}

/** As long as a layer may become. Nothing is decompressed of which nobody has said it. */
function tarSizeOf(blob: SharedBlob | undefined, { size }: ChainLayer): number | undefined {
  if (blob === undefined) return undefined;
  return compressionOf(blob.mediaType) === 'uncompressed' ? blob.size : size;
}
