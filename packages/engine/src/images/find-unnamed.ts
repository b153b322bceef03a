import { digestHex, isIndex, MEDIA_TYPES, parseDigest } from '@tsbuild/core';
import type { Store } from '@tsbuild/store';
import { openStoredImage, readDocument, type StoredImage } from './stored-image.ts';

/** Manifests of images are small; what is larger is a layer. */
const MAX_BYTES = 64 * 1024;

/** An image that no name leads to, as a build without a tag leaves it: its manifest is looked for among all blobs. */
export async function findUnnamed(store: Store, hex: string): Promise<StoredImage | undefined> {
  for (const { kind, id, size } of await store.usage()) {
    if (kind !== 'blob' || size > MAX_BYTES) continue;
    const descriptor = { mediaType: MEDIA_TYPES.ociManifest, digest: parseDigest(id), size };
    const document = await readDocument(store, descriptor).catch(() => undefined);
    if (document === undefined || isIndex(document)) continue;
    const isWanted = [document.config.digest, descriptor.digest].some((digest) => digestHex(digest).startsWith(hex));
    if (isWanted)
      return openStoredImage(store, { ...descriptor, mediaType: document.mediaType ?? descriptor.mediaType });
  }
  return undefined;
}
