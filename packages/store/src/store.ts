import type { BlobStore } from './blob-store.ts';
import type { BytesByDigest } from './bytes-by-digest.ts';
import type { CacheRecords } from './cache-records.ts';
import type { FileDigestMemo } from './file-digest-memo.ts';
import type { LayerRecords } from './layer-records.ts';
import type { References } from './references.ts';

export interface OpenStoreOptions {
  /** Folder of the store (`--root`). @default TSBUILD_ROOT, else $XDG_DATA_HOME/tsbuild, else ~/.local/share/tsbuild */
  readonly root?: string | undefined;
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv | undefined;
}

export interface LockOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface TemporaryDirectory extends AsyncDisposable {
  readonly path: string;
}

/** Folders whose entries belong to the engine. Each entry is one unit of garbage collection. */
export type StoreDirectory = 'snapshots' | 'mounts' | 'builds';

/** Everything that tsbuild keeps: one folder that many processes share. Disposing ends this process's lease on it. */
export interface Store extends AsyncDisposable {
  readonly root: string;
  readonly blobs: BlobStore;
  readonly layers: LayerRecords;
  /** Index of a layer's entries, by diffId. */
  readonly trees: BytesByDigest;
  readonly records: CacheRecords;
  readonly memo: FileDigestMemo;
  readonly references: References;
  /** Absolute path; the folder exists. */
  directory(kind: StoreDirectory): string;
  /**
   * Marks an entry of a `directory` as used by this process, so that it is not collected while the store is open.
   * False when it is gone.
   */
  use(path: string): Promise<boolean>;
  /** A new folder, removed with everything in it when disposed, or by a later process if this one dies. */
  temporaryDirectory(): Promise<TemporaryDirectory>;
  /**
   * Runs `work` while no other holder of `key`, in this process or another, does. Look again, inside, whether the work was
   * done meanwhile. The lock of a process that died is free again after a few seconds.
   */
  withLock<T>(key: string, work: () => Promise<T>, options?: LockOptions): Promise<T>;
  /** Makes everything that was written so far survive a power failure. Once per build is enough. */
  flush(): Promise<void>;
}
