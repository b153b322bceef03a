import type { Digest, LayerEntry } from '@tsbuild/core';
import { type ContentIdentityOptions, contentIdOfRows } from './content-id.ts';
import { EntryTable } from './entry-table.ts';
import { flattenRows } from './flat-rows.ts';

/**
 * The canonical digest of entries, the same that writing them or indexing their tar gives. Every file needs its
 * `digest`, except further names.
 */
export function contentIdOf(entries: Iterable<LayerEntry>, options: ContentIdentityOptions = {}): Digest {
  const table = new EntryTable();
  for (const entry of entries) {
    const row = table.add(entry);
    if (row.type === 'file' && entry.type === 'file' && entry.digest !== undefined && row.linkOf === undefined) {
      table.setDigest(row, entry.digest);
    }
  }
  table.finish();
  return contentIdOfRows(flattenRows(table.root), table.digests, options);
}
