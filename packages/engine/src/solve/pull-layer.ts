import {
  type ByteStream,
  compressionOf,
  type Descriptor,
  type DiffId,
  DigestMismatchError,
  HashTap,
  type Ingest,
  type Reference,
  SizeMismatchError,
  SolveError,
  type TarReader,
} from '@tsbuild/core';
import { decompress, indexEntries, ingestLayer } from '@tsbuild/layer';
import type { RemoteRepository } from '@tsbuild/registry';
import type { Store } from '@tsbuild/store';
import { blobOf, type ChainLayer } from './chain.ts';
import { atMost, checkClaimedSize } from './claimed-size.ts';
import { keepLayer } from './keep-layer.ts';
import type { Pulls } from './pulls.ts';

/** Registries that blobs are fetched from; asked for when the first one is. What they send is checked where it is kept. */
export type BlobOrigins = () => Promise<{ repository(reference: Reference): BlobOrigin }>;

export type BlobOrigin = Pick<RemoteRepository, 'fetchUnverified'>;

export interface PullContext {
  readonly store: Store;
  readonly origins: BlobOrigins;
  readonly pulls: Pulls;
  readonly signal: AbortSignal | undefined;
}

/** Downloads the blob of a layer as it is. */
export async function fetchBlob(layer: ChainLayer, context: PullContext): Promise<void> {
  const { store, signal } = context;
  const descriptor = requireBlob(layer);
  await store.withLock(lockOf(layer), async () => {
    if (!(await store.blobs.exists(descriptor)))
      await store.blobs.push(descriptor, await download(layer, context), { signal });
    await keepForm(layer, store);
  });
}

/** Lets the store know of a compressed form that came from a shared cache; base layers say where theirs is themselves. */
async function keepForm({ diffId, remote }: ChainLayer, store: Store): Promise<void> {
  if (remote?.descriptor === undefined || remote.descriptor.digest === diffId) return;
  const { mediaType, digest, size } = remote.descriptor;
  const compression = compressionOf(mediaType);
  if (compression === undefined) return;
  const level = remote.level === undefined ? {} : { level: remote.level };
  const form = { mediaType, digest, size, compression, ...level };
  await store.layers.update(diffId, (record) => ({
    ...record,
    forms: [...record.forms.filter((known) => known.digest !== digest), form],
  }));
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
    if ((await store.trees.get(layer.diffId)) === undefined)
      await readTar(layer, verifiedTar(layer, context), { store, reader: indexEntries });
  });
}

/** Has `reader` read the tar of a layer as it arrives; the layer is kept as its blob, and what is in it. */
export async function readLayer(layer: ChainLayer, reader: TarReader, context: PullContext): Promise<void> {
  const { store } = context;
  await store.withLock(lockOf(layer), async () => {
    const tar = isOwnTar(layer) ? keptTar(layer, context) : verifiedTar(layer, context);
    await readTar(layer, tar, { store, reader });
  });
}

/** Has a tar read that fails before it ends when it is not the layer, and keeps what it holds unless that is known. */
async function readTar(
  { diffId }: ChainLayer,
  tar: ByteStream,
  { store, reader }: Pick<PullContext, 'store'> & { readonly reader: TarReader },
): Promise<void> {
  const tellsContents = (await store.trees.get(diffId)) === undefined;
  let size: number | undefined;
  const counted = counting(tar, (bytes) => {
    size = bytes;
  });
  const contents = await reader(counted, tellsContents);
  if (tellsContents && contents !== undefined && size !== undefined)
    await keepLayer({ diffId, size, ...contents }, store);
}

async function* counting(tar: ByteStream, onEnd: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  let count = 0;
  for await (const bytes of tar) {
    count += bytes.length;
    yield bytes;
  }
  onEnd(count);
}

/** The tar of a layer that is its own blob, on its way into the store unless it is there. */
async function* keptTar(layer: ChainLayer, context: PullContext): AsyncGenerator<Uint8Array> {
  const { blobs } = context.store;
  const { diffId } = layer;
  const blob = requireBlob(layer);
  if (await blobs.exists(blob)) return yield* await blobs.fetch(blob);
  await using ingest = await blobs.ingest();
  yield* passThrough(await download(layer, context), ingest);
  await namingLiars(diffId, () => ingest.commit({ digest: diffId }));
}

async function* verifiedTar(layer: ChainLayer, context: PullContext): AsyncGenerator<Uint8Array> {
  const tap = new HashTap();
  yield* tap.through(unverifiedTar(layer, context));
  const { diffId } = layer;
  const actual = tap.digest();
  if (actual !== diffId) throw lyingImage(new DigestMismatchError(diffId, actual));
}

/** What decompressing gives, of the store's own blob or of one that is kept as it arrives. */
function unverifiedTar(layer: ChainLayer, context: PullContext): AsyncGenerator<Uint8Array> {
  const tar = decompressed(layer, context);
  const size = layer.base === undefined ? layer.remote?.tarSize : undefined;
  return size === undefined ? tar : atMost(size, tar);
}

async function* decompressed(layer: ChainLayer, context: PullContext): AsyncGenerator<Uint8Array> {
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
  await ingest.commit(requireBlob(layer));
  await keepForm(layer, store);
}

/** The compressed form that is in the store. */
async function storedForm(layer: ChainLayer, { store }: PullContext): Promise<Descriptor | undefined> {
  const known = layer.base === undefined ? (await store.layers.get(layer.diffId))?.forms[0] : undefined;
  const blob = blobOf(layer);
  return known ?? (blob !== undefined && (await store.blobs.exists(blob)) ? blob : undefined);
}

/** True of a layer that its image has uncompressed. */
export function isOwnTar(layer: ChainLayer): boolean {
  return blobOf(layer)?.digest === layer.diffId;
}

/** Of all work on one layer: whoever comes later finds what was made. */
function lockOf(layer: ChainLayer): string {
  return `fetch-${blobOf(layer)?.digest ?? layer.diffId}`;
}

async function namingLiars<T>(diffId: DiffId, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof DigestMismatchError && error.expected === diffId ? lyingImage(error) : error;
  }
}

async function download(layer: ChainLayer, { store, origins, pulls, signal }: PullContext): Promise<ByteStream> {
  if (layer.base === undefined && layer.remote !== undefined) {
    await checkClaimedSize(layer, store);
    return layer.remote.fetch(signal);
  }
  if (layer.base?.origin === undefined) throw missingLayer(layer);
  const { origin, descriptor } = layer.base;
  const options = { signal, reusesMemory: true }; // everybody here is done with a piece when asking for the next
  const content = await (await origins()).repository(origin).fetchUnverified(descriptor, options);
  const { size } = descriptor;
  return pulls.watch(
    descriptor,
    atMost(size, content, (read) => new SizeMismatchError(size, read)),
  );
}

/** The bytes of a stream, each kept while its reader is at work on it. */
async function* passThrough(source: ByteStream, ingest: Ingest): AsyncGenerator<Uint8Array> {
  for await (const bytes of source) {
    const kept = Promise.resolve(ingest.write(bytes));
    kept.catch(() => undefined); // told below
    yield bytes;
    await kept;
  }
}

/** The same stream for a reader who may stop before its end without ending it. */
function unended(source: AsyncGenerator<Uint8Array>): ByteStream {
  return { [Symbol.asyncIterator]: () => ({ next: () => source.next() }) };
}

function requireBlob(layer: ChainLayer): Descriptor {
  const descriptor = blobOf(layer);
  if (descriptor === undefined) throw missingLayer(layer);
  return descriptor;
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
