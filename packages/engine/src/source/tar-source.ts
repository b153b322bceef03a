import type { ByteStream } from '@tsbuild/core';
import { createLayerIndexer, decompress, mergeTrees, openLayerTree } from '@tsbuild/layer';
import type { Store } from '@tsbuild/store';
import type { SourceTree } from '../graph.ts';
import { digestedTree } from '../solve/digested-tree.ts';

/** Larger archives, unpacked, are no build context of anybody. */
const MAX_BYTES = 64 * 1024 ** 3;

/** An archive, compressed in any way that Docker takes, as a tree. Its bytes go to the store once and are read from there. */
export async function openTarSource(
  tar: ByteStream,
  store: Store,
  signal: AbortSignal | undefined,
): Promise<SourceTree> {
  await using ingest = await store.blobs.ingest();
  const indexer = createLayerIndexer({ dotdot: 'drop' });
  for await (const bytes of indexer.through(decompress(tar, { maxBytes: MAX_BYTES, signal })))
    await ingest.write(bytes);
  const { index } = indexer.finish();
  const { digest } = await ingest.commit();
  return digestedTree(mergeTrees([openLayerTree(index, store.blobs.path(digest))]));
}
