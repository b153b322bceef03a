import type { CacheKey, CacheStore } from '@tsbuild/core';

/** The local cache: records by key, what their keys were made of, and the newest key of each lineage. */
export interface CacheRecords extends CacheStore {
  /** What a key was made of, as the engine encodes it; read only to explain a miss. */
  getIngredients(key: CacheKey): Promise<Buffer | undefined>;
  putIngredients(key: CacheKey, ingredients: Uint8Array): Promise<void>;
  /** Key last recorded for a step known by `lineage`, any string. */
  getLineage(lineage: string): Promise<CacheKey | undefined>;
  putLineage(lineage: string, key: CacheKey): Promise<void>;
}
