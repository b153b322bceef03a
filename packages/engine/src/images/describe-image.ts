import { type Descriptor, familiarReference, type HistoryEntry, type ImageConfig, parseReference } from '@tsbuild/core';
import type { Store } from '@tsbuild/store';
import { findImage, namesOf } from './find-image.ts';
import { isUntagged, repoDigestOf } from './image-names.ts';
import { layerSizes } from './image-size.ts';
import type { StoredImage } from './stored-image.ts';

/** Which image of an index is meant. */
export interface InspectOptions {
  /** Which of several platforms (`os/arch[/variant]`). @default this machine's, else the first that the store has */
  readonly platform?: string;
}

/** What the store knows of one image. */
export interface ImageDescription {
  readonly id: Descriptor['digest'];
  /** What its names lead to. */
  readonly descriptor: Descriptor;
  readonly config: ImageConfig;
  /** Names with tags, as people write them. */
  readonly tags: readonly string[];
  /** `name@sha256:…` as registries know it. */
  readonly repoDigests: readonly string[];
  /** Bytes of all layers. */
  readonly size: number;
  /** When it last got a name. */
  readonly tagged: Date | undefined;
  /** The oldest first, each with the bytes of its layer. */
  readonly history: readonly SizedHistory[];
}

/** A line of history with the bytes of its layer. */
export interface SizedHistory extends HistoryEntry {
  readonly size: number;
}

/** Describes an image of the store, found as `findImage` finds it. @throws {TsbuildError} ERR_TSBUILD_IMAGE_NOT_FOUND */
export async function describeImage(
  store: Store,
  text: string,
  { platform }: InspectOptions = {},
): Promise<ImageDescription> {
  const { image } = await findImage(store, text, platform);
  const sizes = await layerSizes(store, image);
  const named = await namesOf(store, image);
  const tags = named.filter(
    ({ reference }) => !isUntagged(reference) && parseReference(reference).digest === undefined,
  );
  const tagged = Math.max(...named.map(({ created }) => created));
  return {
    id: image.id,
    descriptor: image.root,
    config: image.config,
    tags: tags.map(({ reference }) => familiarReference(parseReference(reference))),
    repoDigests: [...new Set(named.flatMap((stored) => repoDigestOf(stored) ?? []))],
    size: sizes.reduce((total, size) => total + size, 0),
    tagged: named.length === 0 ? undefined : new Date(tagged),
    history: sizedHistory(image, sizes),
  };
}

/** Layers that no entry tells of, as of an image without history, are entries of their own. */
function sizedHistory({ config }: StoredImage, sizes: readonly number[]): SizedHistory[] {
  let layer = 0;
  const told = (config.history ?? []).map((entry) => ({
    ...entry,
    size: entry.empty_layer === true ? 0 : (sizes[layer++] ?? 0),
  }));
  const created = config.created === undefined ? {} : { created: config.created };
  return [...told, ...sizes.slice(layer).map((size) => ({ ...created, created_by: '', size }))];
}
