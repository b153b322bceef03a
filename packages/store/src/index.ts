export type { BlobStore } from './blob-store.ts';
export type { BytesByDigest } from './bytes-by-digest.ts';
export type { CacheRecords } from './cache-records.ts';
export type { FileDigestMemo, FileDigests, FileIdentity } from './file-digest-memo.ts';
export type { LayerForm, LayerRecord, LayerRecords, StoredLayer } from './layer-records.ts';
export type { References, StoredReference } from './references.ts';
export type { LockOptions, OpenStoreOptions, Store, StoreDirectory, TemporaryDirectory } from './store.ts';
