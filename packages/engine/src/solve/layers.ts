import {
  type ByteStream,
  DigestMismatchError,
  type FileTree,
  MEDIA_TYPES,
  type Rootfs,
  type RootfsLayer,
  type TarReader,
} from '@tsbuild/core';
import { contentIdOf, indexLayer, type LayerTree, openLayerTree } from '@tsbuild/layer';
import type { Store } from '@tsbuild/store';
import { createLimiter } from '../limiter.ts';
import { createArrivals } from './arrivals.ts';
import { blobOf, type Chain, type ChainLayer } from './chain.ts';
import { createMergedTrees } from './merged-trees.ts';
import { type BlobOrigins, fetchBlob, isOwnTar, learnLayer, readLayer, spoolLayer } from './pull-layer.ts';
import { createPulls, type Pulls } from './pulls.ts';

/** Trees and bytes of layers, fetched and read when something first asks for them. */
export interface Layers {
  /** The merged file system of a chain. */
  tree(chain: Chain, signal?: AbortSignal): Promise<FileTree>;
  layerTree(layer: ChainLayer, signal?: AbortSignal): Promise<LayerTree>;
  /** Path of the layer's uncompressed tar, whose digest has been verified. */
  tarPath(layer: ChainLayer, signal?: AbortSignal): Promise<string>;
  /** The layers as the sandbox takes them; a tar that is not in the store comes from its compressed form, and is not kept. */
  rootfs(chain: Chain, signal?: AbortSignal): Promise<Rootfs>;
  /**
   * Has `unpack` read a base that the store has never seen, and tells who asks for one of its trees meanwhile what it held. Waits
   * for the end of that, whatever it is: what failed fails again where it is needed.
   */
  ahead(base: Chain, unpack: (rootfs: Rootfs) => Promise<void>, signal?: AbortSignal): Promise<void>;
  /** Makes sure that the blob of a layer, as a base's manifest or a shared cache lists it, is in the store. */
  fetchBlob(layer: ChainLayer, signal?: AbortSignal): Promise<void>;
  /** True when the store has the blob that {@link Layers.fetchBlob} would fetch, or there is none to fetch. */
  hasBlob(layer: ChainLayer): Promise<boolean>;
  /** True when the store has the layer's bytes in some form, or knows where to get them. */
  isAvailable(layer: ChainLayer): Promise<boolean>;
}

/** As many layers at once as Docker pulls. */
const PULLS_AT_ONCE = 3;
/** Trees that a builder keeps in memory, of the layers that it opened last. */
const MAX_KEPT = 1_000;

export function createLayers(store: Store, origins: BlobOrigins, pulls: Pulls = createPulls()): Layers {
  const limit = createLimiter(PULLS_AT_ONCE);
  const trees = new Map<string, Promise<LayerTree>>();
  /** Only while they are made: the store may lose them between two questions. */
  const tars = new Map<string, Promise<string>>();
  const claims = new Map<string, Promise<string>>();
  const arrivals = createArrivals();
  /** Layers that the sandbox reads, or has read. */
  const opened = new Set<string>();

  function once<T>(memo: Map<string, Promise<T>>, key: string, work: () => Promise<T>): Promise<T> {
    const running = memo.get(key);
    if (running !== undefined) return running;
    const promise = work();
    memo.set(key, promise);
    for (const oldest of memo.keys()) {
      if (memo.size <= MAX_KEPT) break;
      memo.delete(oldest);
    }
    promise.catch(() => memo.delete(key));
    return promise;
  }

  const context = (signal: AbortSignal | undefined) => ({ store, origins, pulls, signal });

  async function fetch(layer: ChainLayer, signal?: AbortSignal): Promise<void> {
    if (await hasBlob(layer)) return;
    await watching(layer, signal, () => limit(() => fetchBlob(layer, context(signal))));
  }

  async function hasBlob(layer: ChainLayer): Promise<boolean> {
    const blob = blobOf(layer);
    return blob === undefined || (await store.blobs.stat(blob.digest)) !== undefined;
  }

  async function spool(layer: ChainLayer, signal?: AbortSignal): Promise<string> {
    const { diffId } = layer;
    if ((await store.blobs.stat(diffId)) === undefined)
      await watching(layer, signal, () => limit(() => spoolLayer(layer, context(signal))));
    return store.blobs.path(diffId);
  }

  async function tarPath(layer: ChainLayer, signal?: AbortSignal): Promise<string> {
    const made = once(tars, layer.diffId, () => spool(layer, signal));
    void made.finally(() => tars.delete(layer.diffId)).catch(() => undefined);
    const path = await made;
    if (layer.remote !== undefined) await checkClaim(layer, signal);
    return path;
  }

  async function openTree(layer: ChainLayer, signal?: AbortSignal): Promise<LayerTree> {
    return openLayerTree(await openIndex(layer, signal), () => tarPath(layer, signal));
  }

  async function openIndex(layer: ChainLayer, signal?: AbortSignal): Promise<Uint8Array> {
    const { diffId } = layer;
    const known = await store.trees.get(diffId);
    if (known !== undefined) return known;
    await arrivals.ended(diffId);
    if ((await store.blobs.stat(diffId)) === undefined)
      await watching(layer, signal, () => limit(() => learnLayer(layer, context(signal))));
    return (await store.trees.get(diffId)) ?? (await reindex(layer));
  }

  async function reindex({ diffId }: ChainLayer): Promise<Uint8Array> {
    const { index } = await indexLayer(await openTar(diffId));
    await store.trees.put(diffId, index);
    return index;
  }

  /** Keys were made of what a shared cache said that the layer contains. */
  async function checkClaim(layer: ChainLayer, signal?: AbortSignal): Promise<void> {
    const { diffId, contentId, stepWindow } = layer;
    if (contentId === undefined) return;
    const check = async () => {
      const entries = openLayerTree(await openIndex(layer, signal), store.blobs.path(diffId)).entries();
      const actual = contentIdOf(entries, stepWindow === undefined ? {} : { timesCount: true, stepWindow });
      if (actual !== contentId) throw new DigestMismatchError(contentId, actual);
      return actual;
    };
    await watching(layer, signal, () => once(claims, `${diffId} ${contentId}`, check));
  }

  async function openTar(diffId: ChainLayer['diffId']): Promise<ByteStream> {
    const { size } = (await store.blobs.stat(diffId)) ?? { size: 0 };
    return store.blobs.fetch({ mediaType: MEDIA_TYPES.ociLayer, digest: diffId, size });
  }

  /** From where it is, or as it arrives. */
  async function read(layer: ChainLayer, reader: TarReader, signal: AbortSignal | undefined): Promise<void> {
    const { diffId } = layer;
    if (layer.remote !== undefined && isOwnTar(layer)) await tarPath(layer, signal);
    if ((await store.blobs.stat(diffId)) !== undefined) await reader(await openTar(diffId), false);
    else await limit(() => readLayer(layer, reader, context(signal)));
  }

  async function isUnseen(layer: ChainLayer): Promise<boolean> {
    return !(await hasBlob(layer)) && (await store.trees.get(layer.diffId)) === undefined;
  }

  async function layerTree(layer: ChainLayer, signal?: AbortSignal): Promise<LayerTree> {
    const tree = await once(trees, layer.diffId, () => openTree(layer, signal));
    if (layer.remote !== undefined) await checkClaim(layer, signal);
    return tree;
  }

  async function rootfs(chain: Chain, signal?: AbortSignal): Promise<Rootfs> {
    const single = withoutRepeats(chain);
    // What a shared cache says of its layers is checked before anything runs on them, unpacked already or not.
    for (const layer of single) if (layer.remote !== undefined) await layerTree(layer, signal);
    return single.map(
      (layer, at): RootfsLayer => ({
        diffId: layer.diffId,
        read(reader) {
          const fetchAbove = () => {
            const above = single.slice(at + 1).filter(({ diffId }) => !opened.has(diffId));
            for (const one of above) fetch(one, signal).catch(() => undefined);
          };
          opened.add(layer.diffId);
          return read(layer, (tar, tellsContents) => reader(onceBegun(tar, fetchAbove), tellsContents), signal);
        },
      }),
    );
  }

  return {
    tarPath,
    layerTree,
    fetchBlob: fetch,
    hasBlob,
    tree: createMergedTrees(layerTree),
    rootfs,
    ahead(base, unpack, signal) {
      return arrivals.during(
        base.map(({ diffId }) => diffId),
        async () => {
          const unseen = await Promise.all(base.map(isUnseen));
          if (unseen.includes(true)) await unpack(await rootfs(base, signal));
        },
      );
    },
    async isAvailable(layer) {
      if (layer.base !== undefined || layer.remote !== undefined) return true;
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

/** A shared cache that does not deliver what it promised is told so. */
async function watching<T>(
  { base, remote }: ChainLayer,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw base === undefined && remote !== undefined ? remote.failed(error, signal) : error;
  }
}

/** A layer that comes again further up hides itself below, so only its topmost place counts; overlays refuse a directory twice. */
function withoutRepeats(chain: Chain): Chain {
  return [...new Map(chain.toReversed().map((layer) => [layer.diffId, layer])).values()].toReversed();
}
