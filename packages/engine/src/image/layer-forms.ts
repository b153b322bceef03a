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

const DEFAULT_LEVELS: Readonly<Record<'gzip' | 'zstd', number>> = { gzip: 6, zstd: 3 };

/**
 * A layer as an output carries it. Base layers stay as they were pulled, unless another compression
 * or a level is forced on them; what is compressed is kept beside its tar, by kind and level.
 */
export async function layerForm(
  layer: ChainLayer,
  { compression = 'gzip', compressionLevel, forceCompression = false, ociMediaTypes = true }: ImageOutputOptions,
  {
    store,
    layers,
    signal,
  }: { readonly store: Store; readonly layers: Layers; readonly signal: AbortSignal | undefined },
): Promise<Descriptor> {
  const types = ociMediaTypes ? OCI_LAYER : DOCKER_LAYER;
  const base = layer.base?.descriptor;
  const isForced = forceCompression && (compressionLevel !== undefined || compression !== kindOf(base));
  if (base !== undefined && !isForced) return withType(base, types);
  const level = compression === 'uncompressed' ? undefined : (compressionLevel ?? DEFAULT_LEVELS[compression]);
  if (level === undefined) {
    await layers.tarPath(layer, signal);
    const stat = await store.blobs.stat(layer.diffId);
    if (stat === undefined) throw new SolveError('ERR_TSBUILD_NOT_FOUND', `layer ${layer.diffId} is not in the store`);
    return { mediaType: types.uncompressed, digest: layer.diffId, size: stat.size };
  }
  if (compression === 'uncompressed') throw new Error('an uncompressed layer has no level');
  const stored = await store.layers.get(layer.diffId);
  const known = stored?.forms.find((form) => form.compression === compression && form.level === level);
  const { digest, size } = known ?? (await compressLayer(layer, compression, level));
  return { mediaType: types[compression], digest, size };

  async function compressLayer(source: ChainLayer, kind: 'gzip' | 'zstd', atLevel: number) {
    return store.withLock(`compress-${source.diffId}-${kind}-${atLevel}`, async () => {
      const [{ open } = { open: undefined }] = await layers.rootfs([source], signal);
      if (open === undefined) throw new Error('one layer has one root');
      await using ingest = await store.blobs.ingest();
      for await (const bytes of compress(await open(), { compression: kind, level: atLevel, signal }))
        await ingest.write(bytes);
      const written = await ingest.commit();
      const form = { mediaType: OCI_LAYER[kind], ...written, compression: kind, level: atLevel };
      await store.layers.update(source.diffId, (record) => ({
        ...record,
        forms: [...record.forms.filter(({ digest }) => digest !== form.digest), form],
      }));
      return written;
    });
  }
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
