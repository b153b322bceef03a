import { type CacheKey, type CacheRecord, type CacheStore, digestHex, digestOf, isDigest } from '@tsbuild/core';
import { seal, unseal } from './sealed.ts';
import { SealedFiles } from './sealed-files.ts';
import type { StoreFolder } from './store-folder.ts';

/** The local cache: records by key, what their keys were made of, and the newest key of each lineage. */
export interface CacheRecords extends CacheStore {
  /** What a key was made of, as the engine encodes it; read only to explain a miss. */
  getIngredients(key: CacheKey): Promise<Buffer | undefined>;
  /** Keeps what the key was made of. */
  putIngredients(key: CacheKey, ingredients: Uint8Array): Promise<void>;
  /** Key last recorded for a step known by `lineage`, any string. */
  getLineage(lineage: string): Promise<CacheKey | undefined>;
  /** Makes `key` the newest of the lineage. */
  putLineage(lineage: string, key: CacheKey): Promise<void>;
}

const MAX_RECORD_BYTES = 64 * 1024 * 1024;
const MAX_INGREDIENTS_BYTES = 512 * 1024 * 1024;

/** Records in `cache/<two digits>/<digits>`, spread over 256 folders so that none grows large. */
export class FolderCacheRecords implements CacheRecords {
  readonly #folder: StoreFolder;
  readonly #files: SealedFiles;

  constructor(folder: StoreFolder) {
    this.#folder = folder;
    this.#files = new SealedFiles(folder);
  }

  async get(key: CacheKey): Promise<CacheRecord | undefined> {
    const value = this.#files.read(fanOut('cache', key), MAX_RECORD_BYTES);
    return isRecord(value) ? value : undefined;
  }

  async put(key: CacheKey, record: CacheRecord): Promise<void> {
    this.#files.write(fanOut('cache', key), record);
  }

  async getIngredients(key: CacheKey): Promise<Buffer | undefined> {
    const name = fanOut('ingredients', key);
    return unseal(name, this.#folder.read(this.#folder.path(name), MAX_INGREDIENTS_BYTES));
  }

  async putIngredients(key: CacheKey, ingredients: Uint8Array): Promise<void> {
    const name = fanOut('ingredients', key);
    this.#folder.write(this.#folder.path(name), ...seal(name, ingredients));
  }

  async getLineage(lineage: string): Promise<CacheKey | undefined> {
    const value = this.#files.read(fanOut('lineage', digestOf(lineage)), MAX_RECORD_BYTES);
    return isDigest(value) ? value : undefined;
  }

  async putLineage(lineage: string, key: CacheKey): Promise<void> {
    this.#files.write(fanOut('lineage', digestOf(lineage)), key);
  }
}

function fanOut(kind: string, key: CacheKey): string {
  const hex = digestHex(key);
  return `${kind}/${hex.slice(0, 2)}/${hex}`;
}

function isRecord(value: unknown): value is CacheRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
