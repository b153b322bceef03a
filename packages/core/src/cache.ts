import type { Digest } from './digest.ts';

/** Version and kind of an operation, its canonical form and inputs, digested. Opaque, safe as a file name. */
export type CacheKey = Digest;

/** JSON of one record; its shape belongs to the engine, which checks it when reading. */
export type CacheRecord = Readonly<Record<string, unknown>>;

/** Records by key. A record that cannot be read is a miss, never an error. */
export interface CacheStore {
  /** The record under the key; a damaged one is none. */
  get(key: CacheKey): Promise<CacheRecord | undefined>;
  /** Keeps the record in place of any other under the key. */
  put(key: CacheKey, record: CacheRecord): Promise<void>;
}
