import {
  type Descriptor,
  type Digest,
  digestHex,
  digestOf,
  isIndex,
  isIndexType,
  isManifestType,
  MAX_MANIFEST_BYTES,
  parseManifestOrIndex,
} from '@tsbuild/core';
import type { StoreFolder } from './store-folder.ts';

/** Digests of all blobs that images lead to, the images' own included. Missing and damaged blobs lead nowhere. */
export function reachableFrom(folder: StoreFolder, images: readonly Descriptor[]): Set<Digest> {
  const pending = [...images];
  const seen = new Set<Digest>();
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (seen.has(next.digest)) continue;
    seen.add(next.digest);
    pending.push(...childrenOf(folder, next));
  }
  return seen;
}

/** Reads without marking: looking at the store is no use of it. */
function childrenOf(folder: StoreFolder, { digest, mediaType }: Descriptor): readonly Descriptor[] {
  if (!isManifestType(mediaType) && !isIndexType(mediaType)) return [];
  const bytes = folder.peek(folder.path('blobs', 'sha256', digestHex(digest)), MAX_MANIFEST_BYTES);
  if (bytes === undefined || digestOf(bytes) !== digest) return [];
  try {
    const document = parseManifestOrIndex(bytes, mediaType);
    return isIndex(document) ? document.manifests : [document.config, ...document.layers];
  } catch {
    return [];
  }
}
