import { createLayerWriter } from '@tsbuild/layer';
import type { Store } from '@tsbuild/store';
import { cacheKey } from '../cache/cache-key.ts';
import { getFileVariants, putFileVariant } from '../cache/records.ts';
import type { RootfsVertex } from '../graph.ts';
import { type Chain, type ChainLayer, rootIdentity } from '../solve/chain.ts';
import { keepLayer } from '../solve/keep-layer.ts';
import type { Layers } from '../solve/layers.ts';
import { layerVertices } from './layer-vertices.ts';
import { rewriteTimes } from './rewrite-times.ts';

/**
 * What becomes of the times in a layer. Those of copied files are nobody's choice, so all of them become the epoch and
 * equal contents are equal layers; a RUN may have chosen its own, so only those after the epoch do.
 */
type TimeRule = 'set' | 'clamp';

export interface EpochContext {
  readonly store: Store;
  readonly layers: Layers;
  readonly signal: AbortSignal | undefined;
}

/**
 * The chain of an image with SOURCE_DATE_EPOCH: the layers that the build made are written again with the epoch's
 * times, once for each layer and epoch; those of the base stay as they are.
 */
export async function atEpoch(
  chain: Chain,
  rootfs: RootfsVertex,
  epoch: number,
  context: EpochContext,
): Promise<Chain> {
  const vertices = layerVertices(rootfs);
  const base = chain.length - vertices.length;
  const rewritten: ChainLayer[] = [];
  for (const [at, layer] of chain.entries()) {
    const rule: TimeRule = vertices[at - base]?.op === 'exec' ? 'clamp' : 'set';
    rewritten.push(at < base ? layer : await layerAtEpoch(layer, epoch, rule, context));
  }
  return rewritten;
}

async function layerAtEpoch(
  layer: ChainLayer,
  epoch: number,
  rule: TimeRule,
  { store, layers, signal }: EpochContext,
): Promise<ChainLayer> {
  const key = cacheKey('epoch/v1', { layer: layer.diffId, epoch, rule });
  const [known] = await getFileVariants(store.records, key);
  if (known !== undefined && (await layers.isAvailable(known.layer))) return known.layer;
  const tree = await layers.layerTree(layer, signal);
  await using ingest = await store.blobs.ingest();
  const writer = createLayerWriter(ingest);
  await rewriteTimes(tree, writer, rule === 'set' ? () => epoch : (mtime) => Math.min(mtime, epoch), signal);
  const rewritten = await keepLayer(await writer.finish(), store);
  const created = new Date(epoch * 1000).toISOString();
  const facts = { lookups: {}, owners: {} };
  await putFileVariant(store.records, key, { layer: rewritten, facts, roots: [rootIdentity([])], created });
  return rewritten;
}
