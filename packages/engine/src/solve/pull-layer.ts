import {
  type ByteStream,
  type ContentFetcher,
  type Descriptor,
  type DiffId,
  type Digest,
  DigestMismatchError,
  HashTap,
  type Ingest,
  type Reference,
  SolveError,
} from '@tsbuild/core';
import { createLayerIndexer, decompress, ingestLayer } from '@tsbuild/layer';
import type { Store } from '@tsbuild/store';
import type { ChainLayer } from './chain.ts';
import { keepLayer } from './keep-layer.ts';
import { whileHeld } from './while-held.ts';

/** Registries that blobs are fetched from; asked for when the first one is. */
export type BlobOrigins = () => Promise<{ repository(reference: Reference): ContentFetcher }>;

export interface PullContext {
  readonly store: Store;
  readonly origins: BlobOrigins;
  readonly signal: AbortSignal | undefined;
}

/** Downloads the blob of a base layer as it is. */
export async function fetchBlob(layer: ChainLayer, context: PullContext): Promise<void> {
  const { store, signal } = context;
  const { descriptor } = requireBase(layer);
  await store.withLock(lockOf(layer), async () => {
    if (await store.blobs.exists(descriptor)) return;
    await store.blobs.push(descriptor, await download(layer, context), { signal });
  });
}

/** Makes the tar of a layer and its index, from what the store has or in the pass that downloads and keeps the blob. */
export async function spoolLayer(layer: ChainLayer, context: PullContext): Promise<void> {
  const { store } = context;
  await store.withLock(lockOf(layer), async () => {
    if ((await store.blobs.stat(layer.diffId)) !== undefined) return;
    await using ingest = await store.blobs.ingest();
    const tar = isOwnTar(layer) ? await download(layer, context) : unverifiedTar(layer, context);
    const { diffId } = layer;
    await keepLayer(await namingLiars(diffId, () => ingestLayer(tar, ingest, { diffId })), store);
  });
}

/** Makes the index of a layer in the same way, without its tar. */
export async function learnLayer(layer: ChainLayer, context: PullContext): Promise<void> {
  const { store } = context;
  if (isOwnTar(layer)) return spoolLayer(layer, context);
  await store.withLock(lockOf(layer), async () => {
    if ((await store.trees.get(layer.diffId)) !== undefined) return;
    for await (const _ of indexedTar(layer, context));
  });
}

/** The tar of a layer as it arrives: it is kept as its blob, indexed, and fails before it ends when it is not the layer. */
export async function* readLayer(layer: ChainLayer, context: PullContext): AsyncGenerator<Uint8Array> {
  const { store } = context;
  const hold = (work: () => Promise<void>) => store.withLock(lockOf(layer), work);
  yield* whileHeld(hold, () => indexedTar(layer, context));
}

async function* indexedTar(layer: ChainLayer, context: PullContext): AsyncGenerator<Uint8Array> {
  const { store } = context;
  const tar = unverifiedTar(layer, context);
  if ((await store.trees.get(layer.diffId)) !== undefined) return yield* verifiedTar(layer, tar);
  const indexer = createLayerIndexer();
  yield* indexer.through(tar);
  const written = indexer.finish();
  checkDiffId(layer, written.diffId);
  await keepLayer(written, store);
}

async function* verifiedTar(layer: ChainLayer, tar: ByteStream): AsyncGenerator<Uint8Array> {
  const tap = new HashTap();
  yield* tap.through(tar);
  checkDiffId(layer, tap.digest());
}

function checkDiffId({ diffId }: ChainLayer, actual: Digest): void {
  if (actual !== diffId) throw lyingImage(new DigestMismatchError(diffId, actual));
}

/** What decompressing gives, of the store's own blob or of one that is kept as it arrives. */
async function* unverifiedTar(layer: ChainLayer, context: PullContext): AsyncGenerator<Uint8Array> {
  const { store, signal } = context;
  const form = await storedForm(layer, context);
  if (form !== undefined) return yield* decompress(await store.blobs.fetch(form, { signal }), { signal });
  await using ingest = await store.blobs.ingest();
  const blob = passThrough(await download(layer, context), ingest);
  try {
    yield* decompress(unended(blob), { signal });
    // What follows the compressed data is part of the blob.
    for await (const _ of blob);
  } finally {
    await blob.return(undefined);
  }
  await ingest.commit(requireBase(layer).descriptor);
}

/** The compressed form that is in the store. */
async function storedForm({ diffId, base }: ChainLayer, { store }: PullContext): Promise<Descriptor | undefined> {
  if (base === undefined) return (await store.layers.get(diffId))?.forms[0];
  return (await store.blobs.exists(base.descriptor)) ? base.descriptor : undefined;
}

/** True of a layer that its image has uncompressed. */
export function isOwnTar({ diffId, base }: ChainLayer): boolean {
  return base?.descriptor.digest === diffId;
}

/** Of all work on one layer: whoever comes later finds what was made. */
function lockOf({ diffId, base }: ChainLayer): string {
  return `fetch-${base?.descriptor.digest ?? diffId}`;
}

async function namingLiars<T>(diffId: DiffId, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof DigestMismatchError && error.expected === diffId ? lyingImage(error) : error;
  }
}

async function download(layer: ChainLayer, { origins, signal }: PullContext): Promise<ByteStream> {
  const { descriptor, origin } = requireBase(layer);
  if (origin === undefined) throw missingLayer(layer);
  return (await origins()).repository(origin).fetch(descriptor, { signal });
}

/** The bytes of a stream, each kept before it is passed on. */
async function* passThrough(source: ByteStream, ingest: Ingest): AsyncGenerator<Uint8Array> {
  for await (const bytes of source) {
    await ingest.write(bytes);
    yield bytes;
  }
}

/** The same stream for a reader who may stop before its end without ending it. */
function unended(source: AsyncGenerator<Uint8Array>): ByteStream {
  return { [Symbol.asyncIterator]: () => ({ next: () => source.next() }) };
}

function requireBase(layer: ChainLayer): NonNullable<ChainLayer['base']> {
  if (layer.base === undefined) throw missingLayer(layer);
  return layer.base;
}

function missingLayer({ diffId }: ChainLayer): SolveError {
  return new SolveError('ERR_TSBUILD_NOT_FOUND', `layer ${diffId} is not in the store`, {
    hint: 'pull the image again, or build with --no-cache',
  });
}

function lyingImage(cause: DigestMismatchError): SolveError {
  return new SolveError(
    'ERR_TSBUILD_DIGEST_MISMATCH',
    `the image's config names layer ${cause.expected}, its content is ${cause.actual}`,
    { cause, hint: 'the image is damaged or was tampered with; pull it again or use another' },
  );
}
