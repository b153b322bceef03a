import { type Digest, DigestMismatchError, type LayerWriter, parentPath, type TreeEntry } from '@tsbuild/core';
import { type ContentFeed, FeedReader, sourceChanged } from './content-feed.ts';
import type { ContentPlace, Draft, DraftNode } from './draft.ts';

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
 * @throws {TsbuildError} ERR_TSBUILD_CONTEXT_CHANGED when a file is not what is expected
 */
export async function writeDraft(
  writer: LayerWriter,
  draft: Draft,
  { feeds, signal }: { readonly feeds: readonly DraftFeed[]; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  const entries = inWritingOrder(draft);
  const readers = feeds.map(({ read }, feed) => new FeedReader(read(contentPaths(entries, feed), { signal })));
  try {
    for (const named of entries) {
      const content = named.firstName === undefined ? named.node.content : undefined;
      if (content === undefined) {
        await writer.add(layerEntry(named));
        continue;
      }
      signal?.throwIfAborted();
      const digest = feeds[content.feed]?.expected?.get(content.path);
      await writeFile(writer, { ...named, content, digest, reader: readers[content.feed] });
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

interface FileToWrite extends Named {
  readonly content: ContentPlace;
  readonly digest: Digest | undefined;
  readonly reader: FeedReader | undefined;
}

/** The writer checks the digest, since it hashes the bytes anyway. */
async function writeFile(writer: LayerWriter, { digest, content, reader, ...named }: FileToWrite): Promise<void> {
  const entry = layerEntry(named);
  try {
    const added = writer.add(digest === undefined ? entry : { ...entry, digest });
    if (added !== undefined) await added;
    await reader?.copyTo(writer, { path: content.path, size: named.node.metadata.size });
  } catch (error) {
    throw error instanceof DigestMismatchError ? sourceChanged(content.path) : error;
  }
}

function layerEntry({
  path,
  node: { metadata, isOpaque },
  firstName,
}: Named): TreeEntry & { readonly opaque?: boolean } {
  if (firstName !== undefined) return { ...metadata, path, hardlink: firstName };
  return isOpaque ? { ...metadata, path, opaque: true } : { ...metadata, path };
}
