import { type Descriptor, digestOf, type ImageManifest, MEDIA_TYPES } from '@tsbuild/core';
import type { AssembledImage } from './assemble.ts';

/** A manifest and its bytes. */
export interface BuiltManifest {
  readonly manifest: ImageManifest;
  readonly bytes: Buffer;
  readonly descriptor: Descriptor;
}

/** @see https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md */
export function buildManifest(
  { configDescriptor, platform }: Pick<AssembledImage, 'configDescriptor' | 'platform'>,
  layers: readonly Descriptor[],
  ociMediaTypes: boolean,
  annotations: ImageManifest['annotations'],
): BuiltManifest {
  const mediaType = ociMediaTypes ? MEDIA_TYPES.ociManifest : MEDIA_TYPES.dockerManifest;
  const manifest: ImageManifest = {
    schemaVersion: 2,
    mediaType,
    config: { ...configDescriptor, mediaType: ociMediaTypes ? MEDIA_TYPES.ociConfig : MEDIA_TYPES.dockerConfig },
    layers,
    ...(annotations && { annotations }),
  };
  const bytes = Buffer.from(JSON.stringify(manifest));
  return { manifest, bytes, descriptor: { mediaType, digest: digestOf(bytes), size: bytes.length, platform } };
}
