import {
  type ByteStream,
  type ContentFetcher,
  DigestMismatchError,
  type Ingest,
  type Reference,
  SolveError,
} from '@tsbuild/core';
import { decompress, ingestLayer } from '@tsbuild/layer';
import type { Store } from '@tsbuild/store';
import type { ChainLayer } from './chain.ts';
import { keepLayer } from './keep-layer.ts';

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
  await store.withLock(`fetch-${descriptor.digest}`, async () => {
    if (await store.blobs.exists(descriptor)) return;
    await store.blobs.push(descriptor, await download(layer, context), { signal });
  });
}

/** Downloads, verifies, unpacks and indexes a base layer in one pass; the blob and its tar are kept. */
export async function pullLayer(layer: ChainLayer, context: PullContext): Promise<void> {
  const { store } = context;
  const { descriptor } = requireBase(layer);
  await store.withLock(`fetch-${descriptor.digest}`, async () => {
    if (await store.blobs.exists(descriptor)) return unpackLayer(layer, context);
    const blob = await download(layer, context);
    if (descriptor.digest === layer.diffId) return keepTar(blob, layer, context);
    await using ingest = await store.blobs.ingest();
    const passing = passThrough(blob, ingest);
    try {
      await keepTar(decompress(unended(passing), { signal: context.signal }), layer, context);
      // What follows the compressed data is part of the blob.
      for await (const _ of passing);
    } finally {
      await passing.return(undefined);
    }
    await ingest.commit(descriptor);
  });
}

/** Makes the tar of a layer from a compressed form that the store has. */
export async function unpackLayer(layer: ChainLayer, context: PullContext): Promise<void> {
  const { store, signal } = context;
  if ((await store.blobs.stat(layer.diffId)) !== undefined) return;
  const form = layer.base?.descriptor ?? (await store.layers.get(layer.diffId))?.forms[0];
  if (form === undefined) throw missingLayer(layer);
  await keepTar(decompress(await store.blobs.fetch(form, { signal }), { signal }), layer, context);
}

async function keepTar(tar: ByteStream, { diffId }: ChainLayer, { store }: PullContext): Promise<void> {
  await using ingest = await store.blobs.ingest();
  try {
    await keepLayer(await ingestLayer(tar, ingest, { diffId }), store);
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
