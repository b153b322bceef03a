import type { ResolvedImage } from '../graph.ts';
import type { Chain } from '../solve/chain.ts';

/** The layers of an image that was found, as its config names them. */
export function imageChain({ config, layers, origin }: Pick<ResolvedImage, 'config' | 'layers' | 'origin'>): Chain {
  return config.rootfs.diff_ids.map((diffId, at) => {
    const descriptor = layers[at];
    return descriptor === undefined ? { diffId } : { diffId, base: { descriptor, origin } };
  });
}
