import { type Digest, HashTap } from '@tsbuild/core';
import type { Storage, Upload } from './storage.ts';

/** Keeps everything in memory. */
export function createMemoryStorage(): Storage {
  const blobs = new Map<Digest, readonly Uint8Array[]>();
  return {
    createUpload: async () => createMemoryUpload(blobs),
    async size(digest) {
      return blobs.get(digest)?.reduce((sum, chunk) => sum + chunk.byteLength, 0);
    },
    async *read(digest, start, end) {
      let at = 0;
      for (const chunk of blobs.get(digest) ?? []) {
        const piece = chunk.subarray(Math.max(0, start - at), Math.max(0, end - at));
        at += chunk.byteLength;
        if (piece.byteLength > 0) yield piece;
      }
    },
    async saveState() {},
    async loadState() {
      return undefined;
    },
  };
}

function createMemoryUpload(blobs: Map<Digest, readonly Uint8Array[]>): Upload {
  const tap = new HashTap();
  const chunks: Uint8Array[] = [];
  return {
    get size() {
      return tap.size;
    },
    async append(bytes) {
      tap.update(bytes);
      chunks.push(bytes);
    },
    async commit(digest) {
      if (tap.digest() !== digest) return false;
      blobs.set(digest, chunks);
      return true;
    },
    async discard() {
      chunks.length = 0;
    },
  };
}
