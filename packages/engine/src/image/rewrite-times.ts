import type { FileChunk, LayerEntry, LayerWriter, TreeEntry } from '@tsbuild/core';
import type { LayerTree } from '@tsbuild/layer';

/**
 * Writes the entries of a layer again, in their order, with other times. Contents stream from the layer's tar and are
 * checked on the way. The writer is not finished.
 */
export async function rewriteTimes(
  tree: LayerTree,
  writer: LayerWriter,
  timeOf: (mtime: number) => number,
  signal?: AbortSignal,
): Promise<void> {
  const chunks = tree.readMany(pathsWithBytes(tree), { signal })[Symbol.asyncIterator]();
  try {
    for (const entry of tree.entries()) {
      await writer.add(entry.type === 'whiteout' ? entry : { ...entry, mtime: timeOf(entry.mtime) });
      if (hasBytes(entry)) await writeContent(chunks, writer);
    }
  } finally {
    await chunks.return?.();
  }
}

function* pathsWithBytes(tree: LayerTree): Generator<string> {
  for (const entry of tree.entries()) if (hasBytes(entry)) yield entry.path;
}

/** True for an entry whose contents follow it in a layer. */
export function hasBytes(entry: LayerEntry): entry is TreeEntry {
  return entry.type === 'file' && entry.hardlink === undefined && entry.size > 0;
}

/** Writes the next file of `chunks`, whose entry was written last. */
export async function writeContent(chunks: AsyncIterator<FileChunk>, writer: LayerWriter): Promise<void> {
  for (let isLast = false; !isLast; ) {
    const { done, value } = await chunks.next();
    if (done === true) throw new Error('a tree has fewer files than its index says');
    const written = writer.content(value.bytes);
    if (written !== undefined) await written;
    isLast = value.last;
  }
}
