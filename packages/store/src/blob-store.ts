import type { ContentFetcher, ContentPusher, Digest, Ingest } from '@tsbuild/core';

/** Blobs by digest, in `blobs/sha256`. A missing, damaged or foreign file is a blob that is not there. */
export interface BlobStore extends ContentFetcher, ContentPusher {
  /** Starts a blob whose digest is not known yet. Nothing is visible before it is committed. */
  ingest(): Promise<Ingest>;
  /** Size of a blob that is there; it is not read. Marks the blob as used, so that no garbage collection takes it. */
  stat(digest: Digest): Promise<{ readonly size: number } | undefined>;
  /** Where the blob is or would be. Whoever reads it there verifies it. */
  path(digest: Digest): string;
  /**
   * A small blob whole, verified; undefined when it is missing or damaged.
   * @throws {ContentError} ERR_TSBUILD_TOO_LARGE when it has more than `limit` bytes.
   */
  readAll(digest: Digest, limit: number): Promise<Buffer | undefined>;
  /** False when there was nothing to remove. */
  remove(digest: Digest): Promise<boolean>;
}
