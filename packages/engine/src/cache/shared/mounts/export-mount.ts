import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Executor, type PackedFolder, TsbuildError } from '@tsbuild/core';
import { emptyTree } from '@tsbuild/layer';
import type { ExportContext } from '../../../export/export-context.ts';
import type { Chain } from '../../../solve/chain.ts';
import { keepLayer } from '../../../solve/keep-layer.ts';
import { recordedLayer } from '../../records.ts';
import type { SharedCache } from '../shared-cache.ts';
import type { SharedMount } from '../shared-document.ts';
import { MOUNT_FILES, mountFolder, mountName } from './mount-folder.ts';
import { rememberedMount, rememberMount } from './mount-state.ts';

/** A cache mount as it is exported, with the places of its layers. */
export interface ExportedMount {
  readonly mount: SharedMount;
  readonly chain: Chain;
}

/** What packs a mount: the sandbox, started where no command has run. */
export interface MountExportContext extends ExportContext {
  executor(): Promise<Executor>;
}

/** More layers than this become one. */
const MAX_LAYERS = 16;
/** So they do when they have more bytes than this, times what the mount has, and some. */
const MAX_WASTE = 2;
const FREE_WASTE = 1024 * 1024;

/**
 * The contents of cache mounts: what has changed since a mount was restored or exported last is one layer more.
 * @throws {TsbuildError} ERR_TSBUILD_CACHE for a mount that nobody has
 */
export async function exportMounts(
  ids: readonly string[],
  shared: SharedCache,
  context: MountExportContext,
): Promise<readonly ExportedMount[]> {
  const exported: ExportedMount[] = [];
  for (const id of new Set(ids)) {
    const chain = await exportMount(id, shared, context);
    const layers = chain.flatMap(({ contentId, ...layer }) =>
      contentId === undefined ? [] : [recordedLayer({ ...layer, contentId })],
    );
    exported.push({ mount: { id, layers }, chain });
  }
  return exported;
}

async function exportMount(id: string, shared: SharedCache, context: MountExportContext): Promise<Chain> {
  const { store, signal } = context;
  const folder = join(mountFolder(store, id), MOUNT_FILES);
  const before = (await rememberedMount(context, id)) ?? (await shared.mount(id, signal));
  const isHere = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isHere) return store.withLock(`mount-use-${mountName(id)}`, () => addChanges(id, folder, before, context));
  if (before !== undefined) return before;
  throw new TsbuildError('ERR_TSBUILD_CACHE', `no RUN step has used a cache mount ${JSON.stringify(id)}`, {
    hint: 'name it as id=… does in the Dockerfile, or else as its target does',
  });
}

async function addChanges(
  id: string,
  folder: string,
  before: Chain | undefined,
  context: MountExportContext,
): Promise<Chain> {
  const { store, signal } = context;
  try {
    const chain = (await addLayer(folder, before ?? [], context)) ?? (await addLayer(folder, [], context)) ?? [];
    await rememberMount(store, id, chain);
    return chain;
  } catch (cause) {
    signal?.throwIfAborted();
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TsbuildError('ERR_TSBUILD_CACHE', `cache mount ${JSON.stringify(id)} cannot be exported: ${reason}`, {
      cause,
    });
  }
}

/** The chain with what has changed; undefined when it had better be packed as a whole. */
async function addLayer(folder: string, below: Chain, context: MountExportContext): Promise<Chain | undefined> {
  const { store, layers, signal, executor } = context;
  const before = below.length === 0 ? emptyTree : await layers.tree(below, signal);
  const { folders } = await executor();
  await using ingest = await store.blobs.ingest();
  const packed = await folders.pack({ folder, before, ingest, signal });
  if (packed.count === 0 && below.length > 0) return below;
  if (below.length > 0 && (await isWasteful(below, packed, context))) return undefined;
  return [...below, await keepLayer(packed.layer, store)];
}

async function isWasteful(below: Chain, { layer, size }: PackedFolder, { store }: ExportContext): Promise<boolean> {
  if (below.length >= MAX_LAYERS) return true;
  let total = layer.size;
  for (const { diffId } of below) total += (await store.layers.get(diffId))?.size ?? 0;
  return total > MAX_WASTE * size + FREE_WASTE;
}
