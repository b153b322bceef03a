import {
  type ByteStream,
  type Descriptor,
  type DiffId,
  type Digest,
  digestOf,
  type Reference,
  type StepWindow,
} from '@tsbuild/core';

/** One layer of a root file system that a step sees. */
export interface ChainLayer {
  readonly diffId: DiffId;
  /** Content identity of a layer that was built; base layers are known by their `diffId`. */
  readonly contentId?: Digest;
  /** Of a RUN: the times that `contentId` leaves out. */
  readonly stepWindow?: StepWindow;
  /** Bytes of its tar. */
  readonly size?: number;
  /** Where a base layer's bytes come from. */
  readonly base?: BaseLayer;
  /** Where the bytes of a layer come from that a shared cache knows. */
  readonly remote?: RemoteLayer;
}

/** A layer of a shared cache: `contentId` is its word until the bytes are there. */
export interface RemoteLayer {
  /** The blob that the cache has. Absent where it only knows of the layer: then it cannot be fetched. */
  readonly descriptor?: Descriptor;
  /** Level that tsbuild compressed it with. */
  readonly level?: number;
  /** Bytes of the tar that the blob decompresses to, in the cache's word. */
  readonly tarSize?: number;
  /** Repository that has the blob, for mounts. */
  readonly origin?: Reference;
  /** Streams the blob; who keeps it verifies it. */
  fetch(signal: AbortSignal | undefined): Promise<ByteStream>;
  /** Told when the blob is not what it should be; gives what to throw. */
  failed(error: unknown, signal: AbortSignal | undefined): unknown;
}

export interface BaseLayer {
  /** As the image's manifest lists it. */
  readonly descriptor: Descriptor;
  /** Where the blob is fetched if the store lacks it. */
  readonly origin: Reference | undefined;
}

/** The blob of a layer that is, or may be fetched, as an image's manifest or a shared cache lists it. */
export function blobOf({ base, remote }: ChainLayer): Descriptor | undefined {
  return base?.descriptor ?? remote?.descriptor;
}

/** Layers from the bottom up. */
export type Chain = readonly ChainLayer[];

/** What a layer contains, as keys see it. */
export function layerIdentity({ contentId, diffId }: ChainLayer): Digest {
  return contentId ?? diffId;
}

/** What is known of chains: a step adds one layer, and what it adds to is not looked at again. */
interface ChainFacts {
  readonly below?: Chain;
  readonly identity?: Digest;
}

const known = new WeakMap<Chain, ChainFacts>();
const EMPTY_IDENTITY = digestOf('root/v2');

/** `below` with one layer more. */
export function extendChain(below: Chain, layer: ChainLayer): Chain {
  const chain = [...below, layer];
  known.set(chain, { below });
  return chain;
}

/** The chain that {@link extendChain} made this one of. */
export function chainBelow(chain: Chain): Chain | undefined {
  return known.get(chain)?.below;
}

/** Digest of what a whole root contains. Equal contents, built at different times, are equal. */
export function rootIdentity(chain: Chain): Digest {
  let below: Chain | undefined = chain;
  let identity = EMPTY_IDENTITY;
  for (; below !== undefined; below = chainBelow(below)) {
    const done = known.get(below)?.identity;
    if (done === undefined) continue;
    identity = done;
    break;
  }
  identity = chain.slice(below?.length ?? 0).reduce(addTo, identity);
  known.set(chain, { ...known.get(chain), identity });
  return identity;
}

function addTo(identity: Digest, layer: ChainLayer): Digest {
  return digestOf(`${identity} ${layerIdentity(layer)}`);
}

/** What solving a vertex gives: a root file system, and when its last step really ran. */
export interface Solved {
  readonly chain: Chain;
  /** RFC 3339; undefined when nothing was built yet. */
  readonly created: string | undefined;
}

export const EMPTY_ROOT: Solved = { chain: [], created: undefined };
