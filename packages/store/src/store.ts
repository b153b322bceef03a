import { type BlobStore, FolderBlobStore } from './blob-store.ts';
import { type BytesByDigest, FolderBytesByDigest } from './bytes-by-digest.ts';
import { type CacheRecords, FolderCacheRecords } from './cache-records.ts';
import { type FileDigestMemo, FolderFileDigestMemo } from './file-digest-memo.ts';
import { FolderLayerRecords, type LayerRecords } from './layer-records.ts';
import { Lease } from './lease.ts';
import { removeDeadLeases } from './lease-folders.ts';
import { type LockOptions, Locks } from './locks.ts';
import { FolderReferences, type References } from './references.ts';
import { storeRoot } from './root.ts';
import { StoreFolder } from './store-folder.ts';
import { ensureStoreFormat } from './store-format.ts';
import { makeFolder, translating } from './system-errors.ts';
import { createTemporaryDirectory, type TemporaryDirectory } from './temporary-directory.ts';
import { FolderUpkeep, type Upkeep } from './upkeep.ts';
import { FolderWrittenFiles, type WrittenFiles } from './written-files.ts';

/** Where a store is, and how long it keeps what is used once. */
export interface OpenStoreOptions {
  /** Folder of the store (`--root`). @default TSBUILD_ROOT, else $XDG_DATA_HOME/tsbuild, else ~/.local/share/tsbuild */
  readonly root?: string | undefined;
  /** How long what was used once is kept while nothing is held. @default a minute */
  readonly leasePeriodMs?: number | undefined;
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv | undefined;
}

/**
 * Folders whose entries belong to the engine: `snapshots/<id mapping>/<name>`, `mounts/<name>`, `builds/<name>`. Each entry is
 * kept or collected as a whole, and its mtime is the time of its last use, so what must keep its own mtime goes inside it.
 */
export type StoreDirectory = 'snapshots' | 'mounts' | 'builds';

/**
 * Everything that tsbuild keeps: one folder that many processes share. What was used within the last minute is not collected,
 * nor is what was used while it was held. Disposing ends this process's use of it.
 */
export interface Store extends Upkeep, AsyncDisposable {
  readonly root: string;
  readonly blobs: BlobStore;
  readonly layers: LayerRecords;
  /** Index of a layer's entries, by diffId. */
  readonly trees: BytesByDigest;
  readonly records: CacheRecords;
  readonly memo: FileDigestMemo;
  readonly written: WrittenFiles;
  readonly references: References;
  /** Absolute path; the folder exists. */
  directory(kind: StoreDirectory): string;
  /**
   * Marks an entry of a `directory` as used by this process, so that it is not collected while the store is held.
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
  /**
   * Keeps what this process uses and writes from now on, until it is disposed: a build holds the store, so that what it found in
   * its first minute is there in its last.
   */
  hold(): AsyncDisposable;
  /** Makes everything that was written so far survive a power failure. Once per build is enough. */
  flush(): Promise<void>;
}

/**
 * Opens the store, creating what is missing.
 * @throws {TsbuildError} ERR_TSBUILD_STORE_FORMAT when another version wrote it, ERR_TSBUILD_STORE when the folder is something
 * else, ERR_TSBUILD_PERMISSION
 * @example
 * await using store = await openStore();
 * const ingest = await store.blobs.ingest();
 */
export async function openStore(options: OpenStoreOptions = {}): Promise<Store> {
  const root = storeRoot(options.root, options.env ?? process.env);
  const isNew = ensureStoreFormat(root);
  const folder = new StoreFolder(root, new Lease(`${root}/tmp`, { periodMs: options.leasePeriodMs }));
  void removeDeadLeases(`${root}/tmp`);
  return createStore(folder, isNew);
}

function createStore(folder: StoreFolder, isNew: boolean): Store {
  const blobs = new FolderBlobStore(folder);
  const locks = new Locks(folder);
  const layers = new FolderLayerRecords(folder, blobs, locks);
  const references = new FolderReferences(folder, blobs);
  const upkeep = new FolderUpkeep({ folder, blobs, layers, references, locks }, isNew);
  return {
    root: folder.root,
    blobs,
    layers,
    trees: new FolderBytesByDigest(folder, 'trees'),
    records: new FolderCacheRecords(folder),
    memo: new FolderFileDigestMemo(folder),
    written: new FolderWrittenFiles(folder),
    references,
    directory: (kind) => makeDirectory(folder.path(kind)),
    use: async (path) => folder.use(path) !== undefined,
    temporaryDirectory: () => createTemporaryDirectory(folder),
    withLock: (key, work, lockOptions) => locks.withLock(`user/${key}`, work, lockOptions),
    hold() {
      const release = folder.lease.hold();
      return { [Symbol.asyncDispose]: async () => release() };
    },
    flush: () => folder.flush(),
    usage: (usageOptions) => upkeep.usage(usageOptions),
    prune: (policy, pruneOptions) => upkeep.prune(policy, pruneOptions),
    limit: (limitOptions) => upkeep.limit(limitOptions),
    release: (digests) => upkeep.release(digests),
    verify: (verifyOptions) => upkeep.verify(verifyOptions),
    [Symbol.asyncDispose]: async () => folder.lease.end(),
  };
}

function makeDirectory(path: string): string {
  translating('creating a folder in the store', () => makeFolder(path));
  return path;
}
