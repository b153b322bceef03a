import { type Digest, type LayerEntry, type LayerWriter, parentPath } from '@tsbuild/core';
import { type ContentFeed, FeedReader } from './content-feed.ts';
import type { Draft, DraftNode, NewNode } from './draft.ts';

/** One source of bytes of a draft. */
export interface DraftFeed {
  readonly read: ContentFeed;
  /** Digests that its files must have, by path. */
  readonly expected?: ReadonlyMap<string, Digest> | undefined;
}

type Named = readonly [path: string, node: DraftNode];

/**
 * Writes a draft's entries, parents first, and their bytes in the order in which the nodes were made, so that every
 * feed is read once and forwards.
 */
export async function writeDraft(
  writer: LayerWriter,
  draft: Draft,
  { feeds, signal }: { readonly feeds: readonly DraftFeed[]; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  const entries = inWritingOrder(draft);
  const readers = feeds.map(({ read }, feed) => new FeedReader(read(contentPaths(entries, feed), { signal })));
  try {
    for (const [path, node, firstName] of entries) {
      await writer.add(layerEntry(path, node, firstName));
      const content = firstName === undefined ? node.entry.content : undefined;
      if (content === undefined) continue;
      signal?.throwIfAborted();
      const digest = feeds[content.feed]?.expected?.get(content.path);
      await readers[content.feed]?.copyTo(writer, { path: content.path, size: node.entry.size, digest });
    }
  } finally {
    for (const reader of readers) await reader[Symbol.asyncDispose]();
  }
}

/** Entries to write; the third part names the hardlinked path written before, if there is one. */
function inWritingOrder(draft: Draft): [...Named, firstName: string | undefined][] {
  const ordered: [...Named, string | undefined][] = [];
  const written = new Set<string>();
  const firstNames = new Map<DraftNode, string>();

  const write = ([path, node]: Named): void => {
    if (written.has(path)) return;
    const parent = parentPath(path);
    const parentNode = draft.node(parent);
    if (parent !== '' && parentNode !== undefined) write([parent, parentNode]);
    written.add(path);
    ordered.push([path, node, firstNames.get(node)]);
    if (node.entry.type !== 'directory' && !firstNames.has(node)) firstNames.set(node, path);
  };

  for (const entry of [...draft.entries()].sort(([, a], [, b]) => a.sequence - b.sequence)) write(entry);
  return ordered;
}

function contentPaths(entries: readonly [...Named, string | undefined][], feed: number): string[] {
  return entries.flatMap(([, { entry }, firstName]) =>
    firstName === undefined && entry.content?.feed === feed ? [entry.content.path] : [],
  );
}

function layerEntry(path: string, { entry, isOpaque }: DraftNode, hardlink: string | undefined): LayerEntry {
  const { content: _, ...metadata }: NewNode = entry;
  if (hardlink !== undefined) return { ...metadata, path, hardlink };
  return isOpaque ? { ...metadata, path, opaque: true } : { ...metadata, path };
}
