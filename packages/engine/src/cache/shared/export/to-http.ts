import { type Descriptor, isTsbuildError, TsbuildError } from '@tsbuild/core';
import { type ExportContext, openLayer } from '../../../export/export-context.ts';
import { once } from '../../../once.ts';
import type { Keyed } from '../../cache-key.ts';
import { acPath, casPath, encodeActionResult } from '../action-result.ts';
import { encodeExplanations } from '../explanations.ts';
import { createHttpClient, type HttpCacheClient, type HttpCacheOptions } from '../http-client.ts';
import { explanationKey, mountKey } from '../http-source.ts';
import { descriptorOf, encodeDocument, type SharedMount, type SharedRecord } from '../shared-document.ts';
import { fetchable } from './cache-artifact.ts';
import { type CacheContent, toSharedRecord } from './cache-content.ts';

/** Puts the layers that the server lacks, then each record under its key. Exporters do not disturb each other. */
export async function exportToHttp(
  content: CacheContent,
  options: HttpCacheOptions,
  context: ExportContext,
): Promise<void> {
  const client = createHttpClient(options);
  try {
    await putLayers(client, content, context);
    for (const used of content.records) {
      const diffIds = used.chain.map(({ diffId }) => diffId);
      await putEntry(client, used, { records: [toSharedRecord(used)], mounts: [], diffIds }, content, context);
    }
    for (const mount of content.mounts) {
      const diffIds = mount.layers.map(({ diffId }) => diffId);
      await putEntry(client, mountKey(mount.id), { records: [], mounts: [mount], diffIds }, content, context);
    }
    for (const step of content.steps) {
      const bytes = encodeActionResult({ stdout: encodeExplanations([step]), blobs: [] });
      await client.put(acPath(explanationKey(step.lineage).key), bytes.length, once(bytes), context.signal);
    }
  } catch (error) {
    context.signal?.throwIfAborted();
    if (isTsbuildError(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new TsbuildError('ERR_TSBUILD_CACHE', `the cache server cannot be written to: ${reason}`, { cause: error });
  }
}

async function putLayers(
  client: HttpCacheClient,
  { chain, layers }: CacheContent,
  context: ExportContext,
): Promise<void> {
  const { signal, reporter, step } = context;
  for (const layer of chain) {
    const blob = layers.get(layer.diffId);
    if (blob === undefined || (await client.exists(casPath(blob.digest), signal))) continue;
    const descriptor: Descriptor = descriptorOf(blob);
    const bytes = await openLayer(descriptor, fetchable(layer, descriptor), context, signal);
    await client.put(casPath(blob.digest), blob.size, bytes, signal);
    reporter.progress(step, blob.digest, blob.size, blob.size);
  }
}

interface Entry {
  readonly records: readonly SharedRecord[];
  readonly mounts: readonly SharedMount[];
  readonly diffIds: CacheContent['chain'][number]['diffId'][];
}

async function putEntry(
  client: HttpCacheClient,
  { key }: Keyed,
  { records, mounts, diffIds }: Entry,
  content: CacheContent,
  { signal }: ExportContext,
): Promise<void> {
  const named = diffIds.flatMap((diffId) => {
    const blob = content.layers.get(diffId);
    return blob === undefined ? [] : [[diffId, blob] as const];
  });
  const layers = new Map(named);
  const stdout = encodeDocument({ records, layers, mounts });
  const bytes = encodeActionResult({ stdout, blobs: [...layers.values()] });
  await client.put(acPath(key), bytes.length, once(bytes), signal);
}
