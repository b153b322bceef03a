import type { ByteStream, CacheKey, CacheRecord, Descriptor, DiffId, Digest, Reference } from '@tsbuild/core';
import type { ExplainedStep } from './explanations.ts';
import type { SharedBlob, SharedMount } from './shared-document.ts';

/** One place that records and layers come from. Everything is asked for when it is needed first. */
export interface CacheSource {
  /** As people know it, e.g. `localhost:5000/app:cache`. */
  readonly name: string;
  /** What its records are good for: the builds that name it, or, kept in the store, every later build. */
  readonly trust: 'build' | 'store';
  /** Milliseconds that it may keep a build waiting. */
  readonly timeoutMs: number;
  get(key: CacheKey, signal: AbortSignal | undefined): Promise<CacheRecord | undefined>;
  /** The blob of a layer that a record named. */
  blob(diffId: DiffId): SharedBlob | undefined;
  /** Contents of an exported cache mount. */
  mount(id: string, signal: AbortSignal | undefined): Promise<SharedMount | undefined>;
  /** What the step of this place was made of when the cache was written. */
  explain(lineage: Digest, signal: AbortSignal | undefined): Promise<ExplainedStep | undefined>;
  /** Streams a blob, unverified. */
  fetch(blob: Descriptor, signal: AbortSignal | undefined): Promise<ByteStream>;
  /** Repository that the blobs are in, for mounts. */
  readonly origin?: Reference;
}
