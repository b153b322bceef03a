import type { Digest } from '@tsbuild/core';
import type { FolderBlobStore } from './blob-store.ts';
import type { FolderLayerRecords } from './layer-records.ts';
import type { Locks } from './locks.ts';
import { defaultStoreLimit, type PruneOptions, type PrunePolicy, type PruneResult, prune } from './prune.ts';
import type { FolderReferences } from './references.ts';
import { release } from './release.ts';
import { SizeLedger } from './size-ledger.ts';
import type { StoreFolder } from './store-folder.ts';
import { type StoreEntry, survey } from './survey.ts';
import { type VerifyOptions, type VerifyReport, verify } from './verify.ts';

/** How large a store may be. */
export interface LimitOptions extends PruneOptions {
  /** Bytes. @default the smaller of a tenth of the disk and 20 GB */
  readonly maxSize?: number | undefined;
}

/** What keeps a store small and sound. */
export interface Upkeep {
  /** Everything that the store holds, in no order. Looking marks nothing as used. */
  usage(options?: { readonly signal?: AbortSignal | undefined }): Promise<StoreEntry[]>;
  /**
   * Removes what the policy says; with nothing said, what is over the automatic limit. Neither named images nor anything that a
   * process has used while it holds the store, or in the last minute, is ever removed; with `all`, this process gives up its
   * own minute.
   */
  prune(policy?: PrunePolicy, options?: PruneOptions): Promise<PruneResult>;
  /** Prunes if this process has written something and the store is over its limit; costs next to nothing otherwise. */
  limit(options?: LimitOptions): Promise<PruneResult | undefined>;
  /**
   * Removes blobs that no process uses, and returns those that are gone: what one holds stays, for `prune`. This process gives up
   * what it used and does not hold.
   */
  release(digests: Iterable<Digest>): Promise<ReadonlySet<Digest>>;
  /** Hashes everything again. Many processes may go on using the store meanwhile. */
  verify(options?: VerifyOptions): Promise<VerifyReport>;
}

/** When there is too much, this share of the limit is left, so that not every build has to prune. */
const LEFT_AFTER_LIMIT = 0.8;

/** Upkeep of the store in a folder. */
export class FolderUpkeep implements Upkeep {
  readonly #store: Parts;
  readonly #ledger: SizeLedger;

  /** What was made just now needs no survey to say how large it is. */
  constructor(store: Parts, isNew: boolean) {
    this.#store = store;
    this.#ledger = new SizeLedger(store.folder);
    if (isNew) this.#ledger.begin();
  }

  async usage({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<StoreEntry[]> {
    return (await survey(this.#store, signal)).map(({ paths: _, ...entry }) => entry);
  }

  async prune(policy: PrunePolicy = {}, options: PruneOptions = {}): Promise<PruneResult> {
    const result = await this.#store.locks.withLock('prune', () => prune(this.#store, policy, options), options);
    this.#ledger.reset(result.remaining);
    return result;
  }

  async limit(options: LimitOptions = {}): Promise<PruneResult | undefined> {
    if (!this.#ledger.note()) return undefined;
    const limit = options.maxSize ?? defaultStoreLimit(this.#store.folder.root);
    const estimate = this.#ledger.estimate();
    if (estimate !== undefined && estimate <= limit) return undefined;
    return await this.prune({ maxSize: limit, reduceTo: limit * LEFT_AFTER_LIMIT }, options);
  }

  async release(digests: Iterable<Digest>): Promise<ReadonlySet<Digest>> {
    return await release(this.#store, digests);
  }

  async verify(options: VerifyOptions = {}): Promise<VerifyReport> {
    return await verify(this.#store, options);
  }
}

interface Parts {
  readonly folder: StoreFolder;
  readonly blobs: FolderBlobStore;
  readonly layers: FolderLayerRecords;
  readonly references: FolderReferences;
  readonly locks: Locks;
}
