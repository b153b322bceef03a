import { type Digest, DigestMismatchError, type LayerWriter, parentPath, type TreeEntry } from '@tsbuild/core';
import { type ContentFeed, FeedReader, sourceChanged } from './content-feed.ts';
import { type ContentPlace, type Draft, type DraftNode, metadataOfNode } from './draft.ts';
import type { FileDigestMap } from './selection.ts';

/** One source of bytes of a draft. */
export interface DraftFeed {
  readonly read: ContentFeed;
  /** Digests that its files must have, by path. */
  readonly expected?: FileDigestMap | undefined;
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
  const paths = writingOrder(draft);
  const readers = feeds.map(({ read }, feed) => new FeedReader(read(contentPaths(draft, paths, feed), { signal })));
  const firstNames = new FirstNames();
  try {
    for (const path of paths) {
      const node = nodeAt(draft, path);
      draft.release(path);
      const firstName = firstNames.of(path, node);
      const content = firstName === undefined ? contentPlace(node) : undefined;
      if (content === undefined) {
        await writer.add(layerEntry(path, node, firstName));
        continue;
      }
      signal?.throwIfAborted();
      const digest = feeds[content.feed]?.expected?.get(content.path);
      const entry = layerEntry(path, node);
      await writeFile(writer, { entry, content, digest, reader: readers[content.feed] });
    }
    for (const path of draft.removals()) await writer.add({ path, type: 'whiteout' });
    for (const reader of readers) await reader.finish();
  } finally {
    for (const reader of readers) await reader[Symbol.asyncDispose]();
  }
}

/** Paths by the age of their nodes, but every directory before what is in it. */
function writingOrder(draft: Draft): string[] {
  const ordered: string[] = [];
  const directories = new Set(['']);
  const addDirectory = (path: string): void => {
    if (directories.has(path)) return;
    addDirectory(parentPath(path));
    directories.add(path);
    ordered.push(path);
  };
  const byAge = [...draft.paths()].sort((a, b) => draft.ageOf(a) - draft.ageOf(b));
  for (const path of byAge) {
    const isDirectory = nodeAt(draft, path).directory !== undefined;
    addDirectory(isDirectory ? path : parentPath(path));
    if (!isDirectory) ordered.push(path);
  }
  return ordered;
}

/** What is asked of a feed, in order. */
function contentPaths(draft: Draft, paths: readonly string[], feed: number): string[] {
  const firstNames = new FirstNames();
  const asked: string[] = [];
  for (const path of paths) {
    const node = nodeAt(draft, path);
    const { contentPath } = node;
    if (node.feed !== feed || contentPath === undefined) continue;
    if (firstNames.of(path, node) === undefined) asked.push(contentPath);
  }
  return asked;
}

function contentPlace({ feed, contentPath }: DraftNode): ContentPlace | undefined {
  return feed === undefined || contentPath === undefined ? undefined : { feed, path: contentPath };
}

/** Which path of a hardlinked file is written first, and so has its bytes. */
class FirstNames {
  readonly #names = new Map<DraftNode, string>();

  /** The path that was asked for before and shares the node. */
  of(path: string, node: DraftNode): string | undefined {
    if (!node.isLinked) return undefined;
    const name = this.#names.get(node);
    if (name === undefined) this.#names.set(node, path);
    return name;
  }
}

function nodeAt(draft: Draft, path: string): DraftNode {
  const node = draft.node(path);
  if (node === undefined) throw new Error(`${path} is not in the draft`);
  return node;
}

interface FileToWrite {
  readonly entry: TreeEntry;
  readonly content: ContentPlace;
  readonly digest: Digest | undefined;
  readonly reader: FeedReader | undefined;
}

/** The writer checks the digest, since it hashes the bytes anyway. */
async function writeFile(writer: LayerWriter, { entry, content, digest, reader }: FileToWrite): Promise<void> {
  try {
    const added = writer.add(digest === undefined ? entry : { ...entry, digest });
    if (added !== undefined) await added;
    await reader?.copyTo(writer, { path: content.path, size: entry.size });
  } catch (error) {
    throw error instanceof DigestMismatchError ? sourceChanged(content.path) : error;
  }
}

function layerEntry(path: string, node: DraftNode, firstName?: string): TreeEntry & { readonly opaque?: boolean } {
  const metadata = metadataOfNode(node);
  if (firstName !== undefined) return { ...metadata, path, hardlink: firstName };
  return node.directory?.isOpaque === true ? { ...metadata, path, opaque: true } : { ...metadata, path };
}
