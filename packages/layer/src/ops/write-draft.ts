import { type Digest, type LayerEntry, type LayerWriter, parentPath } from '@tsbuild/core';
import { type ContentFeed, FeedReader } from './content-feed.ts';
import type { Draft, DraftNode } from './draft.ts';

/** One source of bytes of a draft. */
export interface DraftFeed {
  readonly read: ContentFeed;
  /** Digests that its files must have, by path. */
  readonly expected?: ReadonlyMap<string, Digest> | undefined;
}

/** An entry to write. */
interface Named {
  readonly path: string;
  readonly node: DraftNode;
  /** The hardlinked path that was written before. */
  readonly firstName: string | undefined;
}

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
    for (const { path, node, firstName } of entries) {
      const { content } = node;
      const digest = content === undefined ? undefined : feeds[content.feed]?.expected?.get(content.path);
      const added = writer.add(layerEntry({ path, node, firstName }, digest));
      if (added !== undefined) await added;
      if (content === undefined || firstName !== undefined) continue;
      signal?.throwIfAborted();
      await readers[content.feed]?.copyTo(writer, { path: content.path, size: node.metadata.size, digest });
    }
    for (const path of draft.removals()) await writer.add({ path, type: 'whiteout' });
    for (const reader of readers) await reader.finish();
  } finally {
    for (const reader of readers) await reader[Symbol.asyncDispose]();
  }
}

function inWritingOrder(draft: Draft): Named[] {
  const ordered: Named[] = [];
  const written = new Set<string>();
  const firstNames = new Map<DraftNode, string>();

  const write = (path: string, node: DraftNode): void => {
    if (written.has(path)) return;
    const parent = parentPath(path);
    const parentNode = written.has(parent) || parent === '' ? undefined : draft.node(parent);
    if (parentNode !== undefined) write(parent, parentNode);
    written.add(path);
    const firstName = firstNames.get(node);
    ordered.push({ path, node, firstName });
    if (node.content !== undefined && firstName === undefined) firstNames.set(node, path);
  };

  const entries = [...draft.entries()].sort(([, a], [, b]) => a.sequence - b.sequence);
  for (const [path, node] of entries) write(path, node);
  return ordered;
}

function contentPaths(entries: readonly Named[], feed: number): string[] {
  const paths: string[] = [];
  for (const { node, firstName } of entries) {
    if (firstName === undefined && node.content?.feed === feed) paths.push(node.content.path);
  }
  return paths;
}

function layerEntry({ path, node, firstName }: Named, digest: Digest | undefined): LayerEntry {
  const { metadata, isOpaque } = node;
  if (firstName !== undefined) return { ...metadata, path, hardlink: firstName };
  if (isOpaque) return { ...metadata, path, opaque: true };
  return digest === undefined ? { ...metadata, path } : { ...metadata, path, digest };
}
