import { type ByteStream, type FileTree, MEDIA_TYPES, type Rootfs, type RootfsLayer } from '@tsbuild/core';
import { indexLayer, type LayerTree, openLayerTree } from '@tsbuild/layer';
import type { Store } from '@tsbuild/store';
import { createLimiter } from '../limiter.ts';
import type { Chain, ChainLayer } from './chain.ts';
import { createMergedTrees } from './merged-trees.ts';
import { type BlobOrigins, fetchBlob, isOwnTar, learnLayer, readLayer, spoolLayer } from './pull-layer.ts';
import { whileHeld } from './while-held.ts';

/** Trees and bytes of layers, fetched and read when something first asks for them. */
export interface Layers {
  /** The merged file system of a chain. */
  tree(chain: Chain, signal?: AbortSignal): Promise<FileTree>;
  layerTree(layer: ChainLayer, signal?: AbortSignal): Promise<LayerTree>;
  /** Path of the layer's uncompressed tar, whose digest has been verified. */
  tarPath(layer: ChainLayer, signal?: AbortSignal): Promise<string>;
  /** The layers as the sandbox takes them; a tar that is not in the store comes from its compressed form, and is not kept. */
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
  /** Layers that the sandbox reads, or has read. */
  const opened = new Set<string>();

  function once<T>(memo: Map<string, Promise<T>>, key: string, work: () => Promise<T>): Promise<T> {
    const running = memo.get(key);
    if (running !== undefined) return running;
    const promise = work();
    memo.set(key, promise);
    promise.catch(() => memo.delete(key));
    return promise;
  }

  const context = (signal: AbortSignal | undefined) => ({ store, origins, signal });

  async function fetchBase(layer: ChainLayer, signal?: AbortSignal): Promise<void> {
    if (await hasBase(layer)) return;
    await limit(() => fetchBlob(layer, context(signal)));
  }

  async function hasBase({ base }: ChainLayer): Promise<boolean> {
    return base === undefined || (await store.blobs.stat(base.descriptor.digest)) !== undefined;
  }

  async function spool(layer: ChainLayer, signal?: AbortSignal): Promise<string> {
    const { diffId } = layer;
    if ((await store.blobs.stat(diffId)) === undefined) await limit(() => spoolLayer(layer, context(signal)));
    return store.blobs.path(diffId);
  }

  const tarPath = (layer: ChainLayer, signal?: AbortSignal) => once(tars, layer.diffId, () => spool(layer, signal));

  async function openTree(layer: ChainLayer, signal?: AbortSignal): Promise<LayerTree> {
    return openLayerTree(await openIndex(layer, signal), () => tarPath(layer, signal));
  }

  async function openIndex(layer: ChainLayer, signal?: AbortSignal): Promise<Uint8Array> {
    const { diffId } = layer;
    const known = await store.trees.get(diffId);
    if (known !== undefined) return known;
    if ((await store.blobs.stat(diffId)) === undefined) await limit(() => learnLayer(layer, context(signal)));
    return (await store.trees.get(diffId)) ?? (await reindex(layer));
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

  /** From where it is, or as it arrives. */
  async function open(layer: ChainLayer, signal: AbortSignal | undefined): Promise<ByteStream> {
    const { diffId } = layer;
    if (isOwnTar(layer)) await tarPath(layer, signal);
    if ((await store.blobs.stat(diffId)) !== undefined) return openTar(diffId);
    return whileHeld(limit, () => readLayer(layer, context(signal)));
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
            const fetchAbove = () => {
              const above = single.slice(at + 1).filter(({ diffId }) => !opened.has(diffId));
              for (const one of above) fetchBase(one, signal).catch(() => undefined);
            };
            opened.add(layer.diffId);
            return onceBegun(await open(layer, signal), fetchAbove);
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

/**
 * Calls `then` with the first bytes. Layers are unpacked from the bottom up, as many at once as the sandbox likes: by then it
 * has opened those, and the others can arrive meanwhile. Opening them tells what went wrong.
 */
async function* onceBegun(bytes: ByteStream, then: () => void): AsyncGenerator<Uint8Array> {
  let hasBegun = false;
  for await (const piece of bytes) {
    if (!hasBegun) then();
    hasBegun = true;
    yield piece;
  }
}

/** A layer that comes again further up hides itself below, so only its topmost place counts; overlays refuse a directory twice. */
function withoutRepeats(chain: Chain): Chain {
  return [...new Map(chain.toReversed().map((layer) => [layer.diffId, layer])).values()].toReversed();
}
