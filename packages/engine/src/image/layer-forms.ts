import { compressionOf, type Descriptor, type LayerCompression, MEDIA_TYPES, SolveError } from '@tsbuild/core';
import { compress } from '@tsbuild/layer';
import type { Store } from '@tsbuild/store';
import type { ImageOutputOptions } from '../options.ts';
import type { ChainLayer } from '../solve/chain.ts';
import type { Layers } from '../solve/layers.ts';

const OCI_LAYER: Readonly<Record<LayerCompression, string>> = {
  uncompressed: MEDIA_TYPES.ociLayer,
  gzip: MEDIA_TYPES.ociLayerGzip,
  zstd: MEDIA_TYPES.ociLayerZstd,
};
const DOCKER_LAYER: Readonly<Record<LayerCompression, string>> = {
  uncompressed: MEDIA_TYPES.dockerLayer,
  gzip: MEDIA_TYPES.dockerLayerGzip,
  zstd: MEDIA_TYPES.dockerLayerZstd,
};

/** Where nothing else is said. */
export const DEFAULT_LEVELS: Readonly<Record<'gzip' | 'zstd', number>> = { gzip: 6, zstd: 3 };

/** What forms are made with. */
interface FormContext {
  readonly store: Store;
  readonly layers: Layers;
  readonly signal: AbortSignal | undefined;
}

type BlobId = Pick<Descriptor, 'digest' | 'size'>;

/** A compressed form that outputs may ask for. */
interface FormKind {
  readonly compression: 'gzip' | 'zstd';
  readonly level: number;
}

/** What an output asks of a layer: the blob that a base has, the tar, or the tar compressed. */
type AskedForm = 'as-pulled' | 'uncompressed' | FormKind;

/** Takes the bytes of a blob one after the other; they may be reused once the promise is kept. */
export type BytesSink = (bytes: Uint8Array) => Promise<void>;

/**
 * A layer as an output carries it. Base layers stay as they were pulled, unless another compression
 * or a level is forced on them; what is compressed is kept beside its tar, by kind and level.
 * When it has to be compressed first, `copy` gets all its bytes on the way; otherwise it gets none.
 */
export async function layerForm(
  layer: ChainLayer,
  options: ImageOutputOptions,
  context: FormContext,
  copy?: BytesSink,
): Promise<Descriptor> {
  const asked = askedForm(layer, options);
  if (asked === 'uncompressed') await context.layers.tarPath(layer, context.signal);
  const known = await findForm(layer, asked, options, context);
  if (known !== undefined) return known;
  if (typeof asked === 'string') throw notStored(layer);
  return describe(await compressLayer(layer, asked, context, copy), asked.compression, options);
}

/** What {@link layerForm} gives where nothing has to be fetched or compressed for it; else undefined. */
export function readyForm(
  layer: ChainLayer,
  options: ImageOutputOptions,
  context: FormContext,
): Promise<Descriptor | undefined> {
  return findForm(layer, askedForm(layer, options), options, context);
}

function askedForm(
  { base }: ChainLayer,
  { compression = 'gzip', compressionLevel, forceCompression = false }: ImageOutputOptions,
): AskedForm {
  const isForced = forceCompression && (compressionLevel !== undefined || compression !== kindOf(base?.descriptor));
  if (base !== undefined && !isForced) return 'as-pulled';
  if (compression === 'uncompressed') return 'uncompressed';
  return { compression, level: compressionLevel ?? DEFAULT_LEVELS[compression] };
}

async function findForm(
  layer: ChainLayer,
  asked: AskedForm,
  options: ImageOutputOptions,
  context: FormContext,
): Promise<Descriptor | undefined> {
  if (asked === 'as-pulled') return layer.base && withType(layer.base.descriptor, typesOf(options));
  if (asked === 'uncompressed') {
    const stat = await context.store.blobs.stat(layer.diffId);
    return stat && describe({ digest: layer.diffId, size: stat.size }, asked, options);
  }
  const known = (await knownForm(layer, asked, context)) ?? remoteForm(layer, asked);
  return known && describe(known, asked.compression, options);
}

function typesOf({ ociMediaTypes = true }: ImageOutputOptions): Readonly<Record<LayerCompression, string>> {
  return ociMediaTypes ? OCI_LAYER : DOCKER_LAYER;
}

function describe({ digest, size }: BlobId, compression: LayerCompression, options: ImageOutputOptions): Descriptor {
  return { mediaType: typesOf(options)[compression], digest, size };
}

function notStored({ diffId }: ChainLayer): SolveError {
  return new SolveError('ERR_TSBUILD_NOT_FOUND', `layer ${diffId} is not in the store`);
}

async function knownForm(
  { diffId }: ChainLayer,
  { compression, level }: FormKind,
  { store }: FormContext,
): Promise<BlobId | undefined> {
  const stored = await store.layers.get(diffId);
  return stored?.forms.find((form) => form.compression === compression && form.level === level);
}

/** What a shared cache has as this output wants it need not be fetched to be named. */
function remoteForm({ remote }: ChainLayer, { compression, level }: FormKind): BlobId | undefined {
  const blob = remote?.descriptor;
  return blob !== undefined && compressionOf(blob.mediaType) === compression && remote?.level === level
    ? blob
    : undefined;
}

async function compressLayer(
  layer: ChainLayer,
  kind: FormKind,
  context: FormContext,
  copy: BytesSink | undefined,
): Promise<BlobId> {
  const { store } = context;
  const { diffId } = layer;
  return store.withLock(`compress-${diffId}-${kind.compression}-${kind.level}`, async () => {
    // Whoever had the lock before may have made it.
    const known = await knownForm(layer, kind, context);
    if (known !== undefined) return known;
    const written = await writeForm(layer, kind, context, copy);
    const form = { mediaType: OCI_LAYER[kind.compression], ...written, ...kind };
    await store.layers.update(diffId, (record) => ({
      ...record,
      forms: [...record.forms.filter(({ digest }) => digest !== form.digest), form],
    }));
    return written;
  });
}

async function writeForm(
  layer: ChainLayer,
  kind: FormKind,
  { store, layers, signal }: FormContext,
  copy: BytesSink | undefined,
): Promise<BlobId> {
  await using ingest = await store.blobs.ingest();
  const [root] = await layers.rootfs([layer], signal);
  if (root === undefined) throw new Error('one layer has one root');
  await root.read(async (tar) => {
    for await (const bytes of compress(tar, { ...kind, signal })) {
      const copied = copy?.(bytes);
      // The system copies while this thread hashes; a failure is reported below.
      copied?.catch(() => undefined);
      await ingest.write(bytes);
      await copied;
    }
    return undefined;
  });
  return await ingest.commit();
}

function kindOf(base: Descriptor | undefined): LayerCompression | undefined {
  return base === undefined ? undefined : compressionOf(base.mediaType);
}

/** The same blob under the media type of the other family: the bytes are the same. */
function withType(descriptor: Descriptor, types: Readonly<Record<LayerCompression, string>>): Descriptor {
  const compression = compressionOf(descriptor.mediaType);
  if (
    compression === undefined ||
    descriptor.mediaType.includes('nondistributable') ||
    descriptor.mediaType.includes('foreign')
  )
    return descriptor;
  return { mediaType: types[compression], digest: descriptor.digest, size: descriptor.size };
}
