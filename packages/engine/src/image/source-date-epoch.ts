import { createLayerWriter } from '@tsbuild/layer';
import type { Store } from '@tsbuild/store';
import { type Keyed, keyed } from '../cache/cache-key.ts';
import { fileRecord, getFileVariants, putFileVariant, type RecordSource } from '../cache/records.ts';
import type { SharedCache, SourceView } from '../cache/shared/shared-cache.ts';
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

/** Other machines may have written the layers already. */
interface SharedEpochContext extends EpochContext {
  readonly shared: SharedCache;
}

/**
 * The chain of an image with SOURCE_DATE_EPOCH: the layers that the build made are written again with the epoch's
 * times, once for each layer and epoch; those of the base stay as they are.
 */
export async function atEpoch(
  chain: Chain,
  rootfs: RootfsVertex,
  epoch: number,
  context: SharedEpochContext,
): Promise<Chain> {
  const vertices = layerVertices(rootfs);
  const base = chain.length - vertices.length;
  const rewritten: ChainLayer[] = [];
  for (const [at, layer] of chain.entries()) {
    const vertex = vertices[at - base];
    const rule: TimeRule = vertex?.op === 'exec' ? 'clamp' : 'set';
    const shared = vertex === undefined ? context.shared : context.shared.forStep(vertex.step.id);
    rewritten.push(at < base ? layer : await layerAtEpoch(layer, epoch, rule, { ...context, shared }));
  }
  return rewritten;
}

async function layerAtEpoch(
  layer: ChainLayer,
  epoch: number,
  rule: TimeRule,
  context: SharedEpochContext,
): Promise<ChainLayer> {
  const { store, layers, shared, signal } = context;
  const key = keyed('epoch/v1', { layer: layer.diffId, epoch, rule });
  const known = await findRewritten(key, context);
  if (known !== undefined) return known;
  const tree = await layers.layerTree(layer, signal);
  await using ingest = await store.blobs.ingest();
  const writer = createLayerWriter(ingest);
  await rewriteTimes(tree, writer, rule === 'set' ? () => epoch : (mtime) => Math.min(mtime, epoch), signal);
  const rewritten = await keepLayer(await writer.finish(), store);
  const created = new Date(epoch * 1000).toISOString();
  const facts = { lookups: {}, owners: {} };
  const variant = { layer: rewritten, facts, roots: [rootIdentity([])], created };
  await putFileVariant(store.records, key.key, variant);
  shared.use({ ...key, record: fileRecord([variant]), chain: [rewritten] });
  return rewritten;
}

/** What this machine, or another, has written before. */
async function findRewritten(key: Keyed, context: SharedEpochContext): Promise<ChainLayer | undefined> {
  const { store, layers, shared, signal } = context;
  const find = async (from: RecordSource, locate: SourceView['locate']): Promise<ChainLayer | undefined> => {
    const [variant] = await getFileVariants(from, key.key);
    if (variant === undefined) return undefined;
    const layer = locate(variant.layer, await layers.isAvailable(variant.layer));
    if (layer !== undefined) shared.use({ ...key, record: fileRecord([variant]), chain: [layer] });
    return layer;
  };
  const ours = await find(store.records, (layer, isStored) => (isStored ? layer : undefined));
  return ours ?? (await shared.ask((source) => find(source, source.locate), signal));
}
