import type { Descriptor, Digest } from '@tsbuild/core';
import type { Store, StoredReference } from '@tsbuild/store';
import { isUntagged, repoDigestOf } from './image-names.ts';
import { imageSize } from './image-size.ts';
import { openStoredImage, type StoredImage } from './stored-image.ts';

/** One name of the store and the image it leads to. */
export interface ImageSummary {
  /** The complete name; undefined for an image that is kept without one. */
  readonly reference: string | undefined;
  /** What the name leads to: a manifest or an index. */
  readonly descriptor: Descriptor;
  /** Digest of the config. */
  readonly id: Digest;
  /** When the image was made, or when it got its name if it does not say. */
  readonly created: Date;
  /** Bytes of its layers, uncompressed where that is known. */
  readonly size: number;
  readonly labels: Readonly<Record<string, string>>;
  /** `name@sha256:…` as a registry knows it, once it was pulled or pushed. */
  readonly repoDigest: string | undefined;
}

/** Every name whose image is in the store, newest image first. */
export async function listImages(store: Store): Promise<readonly ImageSummary[]> {
  const summaries: ImageSummary[] = [];
  for (const stored of await store.references.list()) {
    const image = await openStoredImage(store, stored.descriptor);
    if (image !== undefined) summaries.push(await summaryOf(store, stored, image));
  }
  return summaries.sort((a, b) => b.created.getTime() - a.created.getTime());
}

async function summaryOf(store: Store, stored: StoredReference, image: StoredImage): Promise<ImageSummary> {
  const { reference, descriptor, created } = stored;
  const made = new Date(image.config.created ?? Number.NaN);
  return {
    reference: isUntagged(reference) ? undefined : reference,
    descriptor,
    id: image.id,
    created: Number.isNaN(made.getTime()) ? new Date(created) : made,
    size: await imageSize(store, image),
    labels: image.config.config?.Labels ?? {},
    repoDigest: repoDigestOf(stored),
  };
}
