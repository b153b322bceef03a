import { type Descriptor, digestOf, type ImageIndex, MEDIA_TYPES } from '@tsbuild/core';

/** An index and its bytes. */
export interface BuiltIndex {
  readonly bytes: Buffer;
  readonly descriptor: Descriptor;
}

/** @see https://github.com/opencontainers/image-spec/blob/v1.1.1/image-index.md */
export function buildIndex(
  manifests: readonly Descriptor[],
  ociMediaTypes: boolean,
  annotations: ImageIndex['annotations'],
): BuiltIndex {
  const mediaType = ociMediaTypes ? MEDIA_TYPES.ociIndex : MEDIA_TYPES.dockerIndex;
  const index: ImageIndex = { schemaVersion: 2, mediaType, manifests, ...(annotations && { annotations }) };
  const bytes = Buffer.from(JSON.stringify(index));
  return { bytes, descriptor: { mediaType, digest: digestOf(bytes), size: bytes.length } };
}
