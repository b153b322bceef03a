import {
  type CacheKey,
  type CacheRecord,
  type Descriptor,
  type DiffId,
  type Digest,
  isDigest,
  TsbuildError,
} from '@tsbuild/core';
import { cacheKey, type KeyPart } from '../cache-key.ts';
import { isRecordedLayer, type RecordedLayer } from '../records.ts';

/** A record as it travels: with what its key is the digest of, so that nobody has to believe the key. */
export interface SharedRecord {
  readonly domain: string;
  readonly parts: KeyPart;
  readonly record: CacheRecord;
}

/** A layer's blob in a shared cache. */
export interface SharedBlob {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  /** Level that it was compressed with; absent where it is not compressed. */
  readonly level?: number;
}

/** Contents of an exported cache mount: layers on top of each other, the newest last. */
export interface SharedMount {
  readonly id: string;
  readonly layers: readonly RecordedLayer[];
}

/** Everything that a shared cache says, apart from the bytes of layers. */
export interface SharedDocument {
  readonly records: ReadonlyMap<CacheKey, CacheRecord>;
  readonly layers: ReadonlyMap<DiffId, SharedBlob>;
  readonly mounts: readonly SharedMount[];
  /** What the keys were made of: read only to explain. */
  readonly explanations?: SharedBlob;
}

export interface DocumentContent {
  readonly records: readonly SharedRecord[];
  readonly layers: ReadonlyMap<DiffId, SharedBlob>;
  readonly mounts: readonly SharedMount[];
  readonly explanations?: SharedBlob | undefined;
}

export const DOCUMENT_TYPE = 'application/vnd.tsbuild.cache.config.v1+json';
export const ARTIFACT_TYPE = 'application/vnd.tsbuild.cache.v1';
/** More is no cache of anybody: the records of 10,000 steps have a tenth of it. */
export const MAX_DOCUMENT_BYTES = 32 * 1024 * 1024;

const VERSION = 1;

/** Equal contents are equal bytes. */
export function encodeDocument({ records, layers, mounts, explanations }: DocumentContent): Buffer {
  const document = { v: VERSION, records, layers: Object.fromEntries(layers), mounts, explanations };
  return Buffer.from(JSON.stringify(document));
}

/**
 * Reads what anybody may have written. Keys are computed from what the records say that they are made of.
 * @throws {TsbuildError} ERR_TSBUILD_INVALID_MANIFEST
 */
export function parseDocument(bytes: Uint8Array): SharedDocument {
  const value = parseJson(bytes);
  if (!isObject(value) || value.v !== VERSION || !Array.isArray(value.records)) {
    throw new TsbuildError('ERR_TSBUILD_INVALID_MANIFEST', 'the cache was not written by this version of tsbuild');
  }
  const { records, layers, mounts, explanations } = value;
  const blobs = isObject(layers) ? Object.entries(layers).filter(isBlobEntry) : [];
  return {
    records: new Map(records.filter(isSharedRecord).map((shared) => [keyOf(shared), shared.record])),
    layers: new Map(blobs),
    mounts: Array.isArray(mounts) ? mounts.filter(isSharedMount) : [],
    ...(isBlob(explanations) ? { explanations } : {}),
  };
}

function keyOf({ domain, parts }: SharedRecord): CacheKey {
  return cacheKey(domain, parts);
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
  } catch (cause) {
    throw new TsbuildError('ERR_TSBUILD_INVALID_MANIFEST', 'the records of the cache are damaged', { cause });
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSharedRecord(value: unknown): value is SharedRecord {
  return isObject(value) && typeof value.domain === 'string' && 'parts' in value && isObject(value.record);
}

function isBlobEntry(entry: [string, unknown]): entry is [DiffId, SharedBlob] {
  const [diffId, blob] = entry;
  return isDigest(diffId) && isBlob(blob);
}

function isBlob(blob: unknown): blob is SharedBlob {
  return (
    isObject(blob) &&
    typeof blob.mediaType === 'string' &&
    isDigest(blob.digest) &&
    Number.isSafeInteger(blob.size) &&
    (blob.level === undefined || typeof blob.level === 'number')
  );
}

function isSharedMount(value: unknown): value is SharedMount {
  if (!isObject(value) || typeof value.id !== 'string' || !Array.isArray(value.layers)) return false;
  return value.layers.every(isRecordedLayer);
}

/** What a manifest says of a blob. */
export function descriptorOf({ mediaType, digest, size }: SharedBlob): Descriptor {
  return { mediaType, digest, size };
}
