import { createLayerWriter, mergeTrees } from '@tsbuild/layer';
import { cacheKey } from '../../cache/cache-key.ts';
import { getFileVariants, putFileVariant } from '../../cache/records.ts';
import { type Chain, type ChainLayer, rootIdentity } from '../../solve/chain.ts';
import { keepLayer } from '../../solve/keep-layer.ts';
import { hasBytes, writeContent } from '../rewrite-times.ts';
import type { EpochContext } from '../source-date-epoch.ts';
import type { LayerGroup } from './layer-groups.ts';
import { treeDifference } from './tree-difference.ts';

/** One layer that does what those of the group do, made once for the layers that it stands for and stands on. */
export async function squashLayers(
  chain: Chain,
  { start, end }: LayerGroup,
  { store, layers, signal }: EpochContext,
): Promise<ChainLayer> {
  const diffIds = chain.slice(0, end).map(({ diffId }) => diffId);
  const key = cacheKey('squash/v1', { layers: diffIds, start });
  const [known] = await getFileVariants(store.records, key);
  if (known !== undefined && (await layers.isAvailable(known.layer))) return known.layer;
  const trees = await Promise.all(chain.slice(0, end).map((layer) => layers.layerTree(layer, signal)));
  const whole = mergeTrees(trees);
  const entries = [...treeDifference(whole, mergeTrees(trees.slice(0, start)), start)];
  await using ingest = await store.blobs.ingest();
  const writer = createLayerWriter(ingest);
  const files = entries.flatMap((entry) => (hasBytes(entry) ? [entry.path] : []));
  const chunks = whole.readMany(files, { signal })[Symbol.asyncIterator]();
  try {
    for (const entry of entries) {
      await writer.add(entry);
      if (hasBytes(entry)) await writeContent(chunks, writer);
    }
  } finally {
    await chunks.return?.();
  }
  const squashed = await keepLayer(await writer.finish(), store);
  const facts = { lookups: {}, owners: {} };
  const created = new Date().toISOString();
  await putFileVariant(store.records, key, { layer: squashed, facts, roots: [rootIdentity([])], created });
  return squashed;
}
