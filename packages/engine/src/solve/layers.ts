import { type ByteStream, type FileTree, MEDIA_TYPES, type Rootfs, type RootfsLayer } from '@tsbuild/core';
import { indexLayer, type LayerTree, openLayerTree } from '@tsbuild/layer';
import type { Store } from '@tsbuild/store';
import { createLimiter } from '../limiter.ts';
import type { Chain, ChainLayer } from './chain.ts';
import { createMergedTrees } from './merged-trees.ts';
import { type BlobOrigins, fetchBlob, pullLayer, unpackLayer } from './pull-layer.ts';

/** Trees and bytes of layers, fetched and unpacked when something first asks for them. */
export interface Layers {
  /** The merged file system of a chain. */
  tree(chain: Chain, signal?: AbortSignal): Promise<FileTree>;
  layerTree(layer: ChainLayer, signal?: AbortSignal): Promise<LayerTree>;
  /** Path of the layer's uncompressed tar, whose digest has been verified. */
  tarPath(layer: ChainLayer, signal?: AbortSignal): Promise<string>;
  /** The layers as the sandbox takes them. */
  rootfs(chain: Chain, signal?: AbortSignal): Promise<Rootfs>;
  /** Makes sure that a base layer's blob, as its manifest lists it, is in the store. */
  fetchBase(layer: ChainLayer, signal?: AbortSignal): Promise<void>;
  /** True when the store has the layer's bytes in some form, or knows where to get them. */
  isAvailable(layer: ChainLayer): Promise<boolean>;
}

/** As many layers at once as Docker pulls. */
const PULLS_AT_ONCE = 3;

export function createLayers(store: Store, origins: BlobOrigins): Layers {
  const limit = createLimiter(PULLS_AT_ONCE);
  const trees = new Map<string, Promise<LayerTree>>();
  const tars = new Map<string, Promise<string>>();

  function once<T>(memo: Map<string, Promise<T>>, key: string, work: () => Promise<T>): Promise<T> {
    const running = memo.get(key);
    if (running !== undefined) return running;
    const promise = work();
    memo.set(key, promise);
    promise.catch(() => memo.delete(key));
    return promise;
  }

  async function fetchBase(layer: ChainLayer, signal?: AbortSignal): Promise<void> {
    if (await hasBase(layer)) return;
    await limit(() => fetchBlob(layer, { store, origins, signal }));
  }

  async function hasBase({ base }: ChainLayer): Promise<boolean> {
    return base === undefined || (await store.blobs.stat(base.descriptor.digest)) !== undefined;
  }

  /** Where the uncompressed tar is, made from what the store has, or from a download in the pass that keeps it. */
  async function spool(layer: ChainLayer, signal?: AbortSignal): Promise<string> {
    const { diffId } = layer;
    if ((await store.blobs.stat(diffId)) === undefined) {
      const make = (await hasBase(layer)) ? unpackLayer : pullLayer;
      await limit(() => make(layer, { store, origins, signal }));
    }
    return store.blobs.path(diffId);
  }

  const tarPath = (layer: ChainLayer, signal?: AbortSignal) => once(tars, layer.diffId, () => spool(layer, signal));

  async function openTree(layer: ChainLayer, signal?: AbortSignal): Promise<LayerTree> {
    const path = () => tarPath(layer, signal);
    const known = await store.trees.get(layer.diffId);
    if (known !== undefined) return openLayerTree(known, path);
    await path();
    const index = (await store.trees.get(layer.diffId)) ?? (await reindex(layer));
    return openLayerTree(index, path);
  }

  async function reindex({ diffId }: ChainLayer): Promise<Uint8Array> {
    const { index } = await indexLayer(await openTar(diffId));
    await store.trees.put(diffId, index);
    return index;
  }

  async function openTar(diffId: ChainLayer['diffId']): Promise<ByteStream> {
    const { size } = (await store.blobs.stat(diffId)) ?? { size: 0 };
    return store.blobs.fetch({ mediaType: MEDIA_TYPES.ociLayer, digest: diffId, size });
  }

  const layerTree = (layer: ChainLayer, signal?: AbortSignal) =>
    once(trees, layer.diffId, () => openTree(layer, signal));

  return {
    tarPath,
    layerTree,
    fetchBase,
    tree: createMergedTrees(layerTree),
    async rootfs(chain, signal) {
      const single = withoutRepeats(chain);
      return single.map(
        (layer, at): RootfsLayer => ({
          diffId: layer.diffId,
          async open() {
            // Layers are unpacked from the bottom up: those above arrive meanwhile. Opening them tells what went wrong.
            for (const above of single.slice(at + 1)) tarPath(above, signal).catch(() => undefined);
            await tarPath(layer, signal);
            return openTar(layer.diffId);
          },
        }),
      );
    },
    async isAvailable(layer) {
      if (layer.base !== undefined) return true;
      const stored = await store.layers.get(layer.diffId);
      return stored !== undefined && (stored.hasTar || stored.forms.length > 0);
    },
  };
}

/** A layer that comes again further up hides itself below, so only its topmost place counts; overlays refuse a directory twice. */
function withoutRepeats(chain: Chain): Chain {
  return [...new Map(chain.toReversed().map((layer) => [layer.diffId, layer])).values()].toReversed();
}
