import {
  compressionOf,
  type Descriptor,
  type Digest,
  hostPlatform,
  type ImageConfig,
  type ImageIndex,
  type ImageManifest,
  isIndex,
  MAX_CONFIG_BYTES,
  MAX_MANIFEST_BYTES,
  type Platform,
  parseImageConfig,
  parseManifestOrIndex,
  parseReference,
  type Reference,
  samePlatform,
  toDiffId,
} from '@tsbuild/core';
import type { Store } from '@tsbuild/store';
import type { Chain } from '../solve/chain.ts';
import { choosePlatform } from '../source/choose-platform.ts';
import { ORIGIN } from '../source/provenance-annotations.ts';

/** One platform's image whose manifest and config are in the store; layers may still be where it came from. */
export interface StoredImage {
  /** Digest of the config. */
  readonly id: Digest;
  /** What names lead to: a manifest, or the index that lists it. */
  readonly root: Descriptor;
  readonly descriptor: Descriptor;
  readonly manifest: ImageManifest;
  readonly config: ImageConfig;
  /** Where layers come from that the store lacks. */
  readonly origin: Reference | undefined;
}

/** The document that a descriptor stands for; undefined when the store lacks it. */
export async function readDocument(
  store: Store,
  { digest, mediaType }: Descriptor,
): Promise<ImageManifest | ImageIndex | undefined> {
  const bytes = await store.blobs.readAll(digest, MAX_MANIFEST_BYTES);
  return bytes === undefined ? undefined : parseManifestOrIndex(bytes, mediaType);
}

/**
 * The image that `root` leads to. Of an index it is the one for `platform`; without, the one for this machine if the
 * store has it, else the first that it has. Undefined when manifest or config are not in the store.
 */
export async function openStoredImage(
  store: Store,
  root: Descriptor,
  platform?: Platform,
): Promise<StoredImage | undefined> {
  const document = await readDocument(store, root);
  if (document === undefined) return undefined;
  for (const descriptor of candidates(document, root, platform)) {
    const image = await openManifest(store, root, descriptor);
    if (image !== undefined) return image;
  }
  return undefined;
}

/** The layers of an image from the bottom up; those that it holds as plain tars are as good as built here. */
export function chainOf({ manifest, config, origin }: StoredImage): Chain {
  return config.rootfs.diff_ids.map((diffId, at) => {
    const descriptor = manifest.layers[at];
    const isOwn = descriptor === undefined || (isPlainTar(descriptor, diffId) && origin === undefined);
    return isOwn ? { diffId } : { diffId, base: { descriptor, origin } };
  });
}

function isPlainTar({ mediaType, digest }: Descriptor, diffId: Digest): boolean {
  return digest === diffId && compressionOf(mediaType) === 'uncompressed';
}

/** BuildKit lists them for a platform that is none. */
export function isAttestation({ platform }: Descriptor): boolean {
  return platform?.os === 'unknown';
}

/** What an attestation's config says; that of an artifact says nothing. */
function attestationConfig({ layers }: ImageManifest): ImageConfig {
  const diffIds = layers.map(({ digest }) => toDiffId(digest));
  return { architecture: 'unknown', os: 'unknown', rootfs: { type: 'layers', diff_ids: diffIds } };
}

function candidates(
  document: ImageManifest | ImageIndex,
  root: Descriptor,
  platform: Platform | undefined,
): readonly Descriptor[] {
  if (!isIndex(document)) return [root];
  if (platform !== undefined) return [choosePlatform(document, platform, root.digest)];
  const host = hostPlatform();
  const images = document.manifests.filter((entry) => !isAttestation(entry));
  const isHost = (entry: Descriptor) => entry.platform !== undefined && samePlatform(entry.platform, host);
  return [...images.filter(isHost), ...images.filter((entry) => !isHost(entry))];
}

async function openManifest(store: Store, root: Descriptor, descriptor: Descriptor): Promise<StoredImage | undefined> {
  const manifest = await readDocument(store, descriptor);
  if (manifest === undefined || isIndex(manifest)) return undefined;
  const bytes = await store.blobs.readAll(manifest.config.digest, MAX_CONFIG_BYTES);
  if (bytes === undefined) return undefined;
  const config = isAttestation(descriptor) ? attestationConfig(manifest) : parseImageConfig(bytes);
  if (config.rootfs.diff_ids.length !== manifest.layers.length) return undefined;
  const origin = root.annotations?.[ORIGIN];
  return {
    id: manifest.config.digest,
    root,
    descriptor,
    manifest,
    config,
    origin: origin === undefined ? undefined : parseReference(origin),
  };
}
