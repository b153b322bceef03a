import type { LayerContents } from '@tsbuild/core';
import { type ContentIdentityOptions, contentIdOfRows } from './content-id.ts';
import { encodeIndex } from './encode-index.ts';
import type { EntryTable } from './entry-table.ts';
import { flattenRows } from './flat-rows.ts';

/** What a complete table says of its layer. */
export function describeLayer(table: EntryTable, options: ContentIdentityOptions): LayerContents {
  const ordered = table.finish();
  const rows = flattenRows(table.root);
  const { digests } = table;
  return { contentId: contentIdOfRows(rows, digests, options), index: encodeIndex(rows, ordered, digests) };
}
