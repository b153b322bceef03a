import type { Digest } from '@tsbuild/core';

/** Bytes derived from the content that a digest names, such as the index of a layer's entries. Damaged bytes are a miss. */
export interface BytesByDigest {
  get(digest: Digest): Promise<Buffer | undefined>;
  put(digest: Digest, bytes: Uint8Array): Promise<void>;
}
