import type { CacheRecord } from '@tsbuild/core';
import type { Store } from '@tsbuild/store';
import type { Chain } from '../../../solve/chain.ts';
import type { Layers } from '../../../solve/layers.ts';
import { cacheKey } from '../../cache-key.ts';
import { isRecordedLayer, recordedLayer } from '../../records.ts';

/** Remembers the layers that a cache mount was last restored from, or exported as: what comes next is told apart from them. */
export async function rememberMount(store: Store, id: string, chain: Chain): Promise<void> {
  const layers = chain.map((layer) => recordedLayer(layer));
  await store.records.put(stateKey(id), { v: 1, layers } satisfies CacheRecord);
}

/** The layers of the last time, if all of them are there. */
export async function rememberedMount(
  { store, layers }: { readonly store: Store; readonly layers: Layers },
  id: string,
): Promise<Chain | undefined> {
  const record = await store.records.get(stateKey(id));
  const known = Array.isArray(record?.layers) ? record.layers.filter(isRecordedLayer) : [];
  for (const layer of known) if (!(await layers.isAvailable(layer))) return undefined;
  return known.length === 0 ? undefined : known;
}

function stateKey(id: string) {
  return cacheKey('mount-state/v1', { id });
}
