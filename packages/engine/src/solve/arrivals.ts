import type { DiffId } from '@tsbuild/core';

/** Layers that are on their way into the store before anything asked for them. */
export interface Arrivals {
  /** Waits until the layer is no longer on its way. */
  ended(layer: DiffId): Promise<void>;
  /** `layers` are on their way while `work` goes on. What fails is tried again where it is needed, which tells. */
  during(layers: readonly DiffId[], work: () => Promise<void>): Promise<void>;
}

export function createArrivals(): Arrivals {
  const underway = new Map<DiffId, Promise<void>>();
  return {
    async ended(layer) {
      await underway.get(layer);
    },
    async during(layers, work) {
      const ended = work().catch(() => undefined);
      for (const layer of layers) underway.set(layer, ended);
      await ended;
      for (const layer of layers) if (underway.get(layer) === ended) underway.delete(layer);
    },
  };
}
