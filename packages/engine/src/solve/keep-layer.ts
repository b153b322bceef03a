import type { WrittenLayer } from '@tsbuild/core';
import type { Store } from '@tsbuild/store';
import { type RecordedLayer, recordedLayer } from '../cache/records.ts';

/** Records a layer whose tar has just been committed, with the index of its entries. */
export async function keepLayer(
  { diffId, contentId, size, index, stepWindow }: WrittenLayer,
  store: Store,
): Promise<RecordedLayer> {
  await store.trees.put(diffId, index);
  await store.layers.update(diffId, (record) => ({ ...record, contentId, size }));
  return recordedLayer({ diffId, contentId, size, ...(stepWindow === undefined ? {} : { stepWindow }) });
}
