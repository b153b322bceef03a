import { type ByteStream, type FileTree, type Rootfs, type RootfsLayer, SolveError } from '@tsbuild/core';
import { createLayerIndexer, decompress, indexLayer, type LayerTree, mergeTrees, openLayerTree } from '@tsbuild/layer';
import type { RegistryClient } from '@tsbuild/registry';
import type { Store } from '@tsbuild/store';
import type { Chain, ChainLayer } from './chain.ts';

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

export function createLayers(store: Store, registry: () => Promise<RegistryClient>): Layers {
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

  async function fetchBase({ base, diffId }: ChainLayer, signal?: AbortSignal): Promise<void> {
    if (base === undefined || (await store.blobs.stat(base.descriptor.digest)) !== undefined) return;
    const { descriptor, origin } = base;
    if (origin === undefined) throw missingLayer(diffId);
    await store.withLock(`fetch-${descriptor.digest}`, async () => {
      if (await store.blobs.exists(descriptor)) return;
      const repository = (await registry()).repository(origin);
      await store.blobs.push(descriptor, await repository.fetch(descriptor, { signal }), { signal });
    });
  }

  /** Spools the uncompressed tar of a base layer, indexing it in the same pass. */
  async function spool(layer: ChainLayer, signal?: AbortSignal): Promise<string> {
    if ((await store.blobs.stat(layer.diffId)) !== undefined) return store.blobs.path(layer.diffId);
    const { base, diffId } = layer;
    const form = base?.descriptor ?? (await store.layers.get(diffId))?.forms[0];
    if (form === undefined) throw missingLayer(diffId);
    await fetchBase(layer, signal);
    await using ingest = await store.blobs.ingest();
    const indexer = createLayerIndexer();
    const plain = decompress(await store.blobs.fetch(form, { signal }), { signal });
    for await (const bytes of indexer.through(plain)) await ingest.write(bytes);
    const written = indexer.finish();
    if (written.diffId !== diffId) throw lyingImage(diffId, written.diffId);
    await ingest.commit({ digest: diffId, size: written.size });
    await store.trees.put(diffId, written.index);
    const { contentId, size } = written;
    await store.layers.update(diffId, (record) => ({ ...record, contentId, size }));
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
    const { createReadStream } = await import('node:fs');
    return createReadStream(store.blobs.path(diffId), { highWaterMark: 1024 * 1024 });
  }

  const layerTree = (layer: ChainLayer, signal?: AbortSignal) =>
    once(trees, layer.diffId, () => openTree(layer, signal));

  return {
    tarPath,
    layerTree,
    fetchBase,
    async tree(chain, signal) {
      return mergeTrees(await Promise.all(chain.map((layer) => layerTree(layer, signal))));
    },
    async rootfs(chain, signal) {
      return withoutRepeats(chain).map(
        (layer): RootfsLayer => ({
          diffId: layer.diffId,
          async open() {
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

function missingLayer(diffId: string): SolveError {
  return new SolveError('ERR_TSBUILD_NOT_FOUND', `layer ${diffId} is not in the store`, {
    hint: 'pull the image again, or build with --no-cache',
  });
}

function lyingImage(expected: string, actual: string): SolveError {
  return new SolveError(
    'ERR_TSBUILD_DIGEST_MISMATCH',
    `the image's config names layer ${expected}, its content is ${actual}`,
    {
      hint: 'the image is damaged or was tampered with; pull it again or use another',
    },
  );
}
