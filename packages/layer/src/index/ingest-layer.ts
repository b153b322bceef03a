import { type ByteStream, type DiffId, type Ingest, toDiffId, type WrittenLayer } from '@tsbuild/core';
import { EntryIndexer } from './entry-indexer.ts';
import type { IndexLayerOptions } from './layer-indexer.ts';

export interface IngestLayerOptions extends IndexLayerOptions {
  /** What the tar has to be; nothing is kept of another. */
  readonly diffId?: DiffId | undefined;
}

/**
 * Keeps an uncompressed tar that comes as a stream and indexes it in the same pass: every byte is hashed once for the
 * blob, by the ingest, and once for its file.
 * @throws {DigestMismatchError} when it is not `diffId` @throws {LayerError} @throws {UnsafePathError}
 */
export async function ingestLayer(
  tar: ByteStream,
  ingest: Ingest,
  options: IngestLayerOptions = {},
): Promise<WrittenLayer> {
  const entries = new EntryIndexer(options);
  for await (const bytes of tar) {
    entries.push(bytes);
    const written = ingest.write(bytes);
    if (written !== undefined) await written;
  }
  const description = entries.finish();
  const { digest, size } = await ingest.commit(options.diffId === undefined ? {} : { digest: options.diffId });
  return { diffId: toDiffId(digest), size, ...description };
}
