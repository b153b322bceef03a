import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TsbuildError } from '@tsbuild/core';
import { createLayerWriter, emptyTree } from '@tsbuild/layer';
import type { ExportContext } from '../../../export/export-context.ts';
import type { Chain } from '../../../solve/chain.ts';
import { keepLayer } from '../../../solve/keep-layer.ts';
import { recordedLayer } from '../../records.ts';
import type { SharedCache } from '../shared-cache.ts';
import type { SharedMount } from '../shared-document.ts';
import { type FolderState, readFolder, writeChanges } from './mount-changes.ts';
import { MOUNT_FILES, mountFolder, mountName } from './mount-folder.ts';
import { rememberedMount, rememberMount } from './mount-state.ts';

/** A cache mount as it is exported, with the places of its layers. */
export interface ExportedMount {
  readonly mount: SharedMount;
  readonly chain: Chain;
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
  context: ExportContext,
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

async function exportMount(id: string, shared: SharedCache, context: ExportContext): Promise<Chain> {
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
  context: ExportContext,
): Promise<Chain> {
  const { store, signal } = context;
  try {
    const state = await readFolder(folder, signal);
    const below = before === undefined || (await isWasteful(before, state, context)) ? [] : before;
    const chain = await addLayer(state, below, context);
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

async function isWasteful(chain: Chain, { size }: FolderState, { store }: ExportContext): Promise<boolean> {
  if (chain.length >= MAX_LAYERS) return true;
  let total = 0;
  for (const { diffId } of chain) total += (await store.layers.get(diffId))?.size ?? 0;
  return total > MAX_WASTE * size + FREE_WASTE;
}

async function addLayer(state: FolderState, below: Chain, { store, layers, signal }: ExportContext): Promise<Chain> {
  const before = below.length === 0 ? emptyTree : await layers.tree(below, signal);
  await using ingest = await store.blobs.ingest();
  const writer = createLayerWriter(ingest);
  const count = await writeChanges(state, before, writer, signal);
  if (count === 0 && below.length > 0) return below;
  return [...below, await keepLayer(await writer.finish(), store)];
}
