import { type CacheKey, type CacheRecord, type CacheStore, digestHex, digestOf, isDigest } from '@tsbuild/core';
import { seal, sealJson, unseal, unsealJson } from './sealed.ts';
import type { StoreFolder } from './store-folder.ts';

/** The local cache: records by key, what their keys were made of, and the newest key of each lineage. */
export interface CacheRecords extends CacheStore {
  /** What a key was made of, as the engine encodes it; read only to explain a miss. */
  getIngredients(key: CacheKey): Promise<Buffer | undefined>;
  putIngredients(key: CacheKey, ingredients: Uint8Array): Promise<void>;
  /** Key last recorded for a step known by `lineage`, any string. */
  getLineage(lineage: string): Promise<CacheKey | undefined>;
  putLineage(lineage: string, key: CacheKey): Promise<void>;
}

const MAX_RECORD_BYTES = 64 * 1024 * 1024;
const MAX_INGREDIENTS_BYTES = 512 * 1024 * 1024;

/** Records in `cache/<two digits>/<digits>`, spread over 256 folders so that none grows large. */
export class FolderCacheRecords implements CacheRecords {
  readonly #folder: StoreFolder;

  constructor(folder: StoreFolder) {
    this.#folder = folder;
  }

  async get(key: CacheKey): Promise<CacheRecord | undefined> {
    const value = this.#readJson(fanOut('cache', key));
    return isRecord(value) ? value : undefined;
  }

  async put(key: CacheKey, record: CacheRecord): Promise<void> {
    const name = fanOut('cache', key);
    this.#folder.write(this.#folder.path(name), sealJson(name, record));
  }

  async getIngredients(key: CacheKey): Promise<Buffer | undefined> {
    const name = fanOut('ingredients', key);
    return unseal(name, this.#folder.read(this.#folder.path(name), MAX_INGREDIENTS_BYTES));
  }

  async putIngredients(key: CacheKey, ingredients: Uint8Array): Promise<void> {
    const name = fanOut('ingredients', key);
    this.#folder.write(this.#folder.path(name), seal(name, ingredients));
  }

  async getLineage(lineage: string): Promise<CacheKey | undefined> {
    const value = this.#readJson(fanOut('lineage', digestOf(lineage)));
    return isDigest(value) ? value : undefined;
  }

  async putLineage(lineage: string, key: CacheKey): Promise<void> {
    const name = fanOut('lineage', digestOf(lineage));
    this.#folder.write(this.#folder.path(name), sealJson(name, key));
  }

  #readJson(name: string): unknown {
    return unsealJson(name, this.#folder.readText(this.#folder.path(name), MAX_RECORD_BYTES));
  }
}

function fanOut(kind: string, key: CacheKey): string {
  const hex = digestHex(key);
  return `${kind}/${hex.slice(0, 2)}/${hex}`;
}

function isRecord(value: unknown): value is CacheRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
