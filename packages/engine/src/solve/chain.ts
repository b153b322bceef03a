import { type Descriptor, type DiffId, type Digest, digestOf, type Reference } from '@tsbuild/core';

/** One layer of a root file system that a step sees. */
export interface ChainLayer {
  readonly diffId: DiffId;
  /** Content identity of a layer that was built; base layers are known by their `diffId`. */
  readonly contentId?: Digest;
  /** Where a base layer's bytes come from. */
  readonly base?: BaseLayer;
}

export interface BaseLayer {
  /** As the image's manifest lists it. */
  readonly descriptor: Descriptor;
  /** Where the blob is fetched if the store lacks it. */
  readonly origin: Reference | undefined;
}

/** Layers from the bottom up. */
export type Chain = readonly ChainLayer[];

/** What a layer contains, as keys see it. */
export function layerIdentity({ contentId, diffId }: ChainLayer): Digest {
  return contentId ?? diffId;
}

/** Digest of what a whole root contains. Equal contents, built at different times, are equal. */
export function rootIdentity(chain: Chain): Digest {
  return digestOf(JSON.stringify(['root/v1', ...chain.map(layerIdentity)]));
}

/** What solving a vertex gives: a root file system, and when its last step really ran. */
export interface Solved {
  readonly chain: Chain;
  /** RFC 3339; undefined when nothing was built yet. */
  readonly created: string | undefined;
}

export const EMPTY_ROOT: Solved = { chain: [], created: undefined };
