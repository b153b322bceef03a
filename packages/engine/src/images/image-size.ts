import type { Descriptor, DiffId } from '@tsbuild/core';
import type { Store } from '@tsbuild/store';
import type { StoredImage } from './stored-image.ts';

/** Bytes of each layer, bottom first: of its tar where that is known, else of the blob that images list. */
export async function layerSizes(store: Store, { config, manifest }: StoredImage): Promise<readonly number[]> {
  return Promise.all(config.rootfs.diff_ids.map((diffId, at) => layerSize(store, diffId, manifest.layers[at])));
}

/** Bytes of all layers. */
export async function imageSize(store: Store, image: StoredImage): Promise<number> {
  return (await layerSizes(store, image)).reduce((total, size) => total + size, 0);
}

async function layerSize(store: Store, diffId: DiffId, blob: Descriptor | undefined): Promise<number> {
  const known = await store.layers.get(diffId);
  return known?.size ?? (await store.blobs.stat(diffId))?.size ?? blob?.size ?? 0;
}
