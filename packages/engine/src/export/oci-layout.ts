import { type Descriptor, digestHex, familiarReference, formatReference, parseReference } from '@tsbuild/core';
import type { SetImage } from './export-set.ts';

/** @see https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md#oci-layout-file */
export function layoutFile(): string {
  return JSON.stringify({ imageLayoutVersion: '1.0.0' });
}

/** One entry a tag, so that tools find the image under each; without tags one unnamed entry. */
export function layoutIndex(descriptor: Descriptor, tags: readonly string[]): string {
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: layoutEntries(descriptor, tags),
  });
}

export function layoutEntries(descriptor: Descriptor, tags: readonly string[]): Descriptor[] {
  if (tags.length === 0) return [descriptor];
  return tags.map((tag) => {
    const reference = parseReference(tag);
    const annotations = {
      ...descriptor.annotations,
      'io.containerd.image.name': formatReference(reference),
      'org.opencontainers.image.ref.name': reference.tag ?? 'latest',
    };
    return { ...descriptor, annotations };
  });
}

/** `manifest.json` of `docker save`, which `docker load` before version 25 reads. */
export function dockerManifest({ manifest }: SetImage, tags: readonly string[]): string {
  const path = ({ digest }: Descriptor) => `blobs/sha256/${digestHex(digest)}`;
  const RepoTags = tags.map((tag) => familiarReference(parseReference(tag)));
  return JSON.stringify([{ Config: path(manifest.config), RepoTags, Layers: manifest.layers.map(path) }]);
}
