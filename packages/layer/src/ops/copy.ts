import type { LayerWriter } from '@tsbuild/core';
import { archiveFeed } from './archive-feed.ts';
import { type ArchiveFile, isArchive, scanArchive } from './archive-source.ts';
import { copyInto, createdDirectory } from './copy-into.ts';
import { Draft } from './draft.ts';
import { extractInto } from './extract-into.ts';
import { CREATED_MODE, makeDirectories } from './make-directories.ts';
import { memoryTree } from './memory-tree.ts';
import type { CopyRequest, CopySource } from './requests.ts';
import { contentPath, type SelectedSource } from './selection.ts';
import { followTarget, parseTarget, type Target } from './target.ts';
import { type DraftFeed, writeDraft } from './write-draft.ts';

/**
 * Writes the layer of a COPY or ADD: everything copied or unpacked, the directories made for it, and their existing
 * parents with the metadata that they have. The writer is not finished.
 * @throws {SolveError} ERR_TSBUILD_COPY when the destination does not allow it
 * @throws {LayerError} when an archive is damaged
 * @throws {TsbuildError} ERR_TSBUILD_CONTEXT_CHANGED when a file is not what `expected` says
 */
export async function writeCopy(writer: LayerWriter, request: CopyRequest): Promise<void> {
  const draft = new Draft(request.link ? memoryTree([]) : request.destination);
  const feeds: DraftFeed[] = [];
  for (const source of request.sources) await draftSource(draft, source, { request, feeds });
  await writeDraft(writer, draft, { feeds, signal: request.signal });
}

interface DraftContext {
  readonly request: CopyRequest;
  /** Grows by one for every tree and archive. */
  readonly feeds: DraftFeed[];
}

async function draftSource(draft: Draft, source: CopySource, { request, feeds }: DraftContext): Promise<void> {
  const { selection, expected, unpack = false } = source;
  const { tree } = selection;
  const target = parseTarget(request.target, request.workdir);
  const feed = feeds.push({ read: (paths, options) => tree.readMany(paths, options), expected }) - 1;
  for (const selected of selection.sources) {
    const archive = unpack ? archiveFile(source, selected) : undefined;
    if (archive !== undefined && (await isArchive(archive, request))) {
      await draftArchive(draft, archive, target, { request, feeds });
    } else {
      copyInto(draft, selected, { target, attributes: request, tree, feed });
    }
  }
}

function archiveFile({ selection, expected }: CopySource, { entry }: SelectedSource): ArchiveFile | undefined {
  if (entry.type !== 'file') return undefined;
  const path = contentPath(entry);
  return { tree: selection.tree, path, expected: expected?.get(path) };
}

/** Whatever is written at its end, the target of an archive is a directory; `--chmod` says nothing about it. */
async function draftArchive(
  draft: Draft,
  archive: ArchiveFile,
  target: Target,
  { request, feeds }: DraftContext,
): Promise<void> {
  const { path: directory } = followTarget(draft, target.path);
  makeDirectories(draft, directory, { ...createdDirectory(request), mode: CREATED_MODE });
  const feed = feeds.push({ read: archiveFeed(archive) }) - 1;
  const options = { directory, attributes: request, feed };
  await scanArchive(archive, request, (entry, index) => extractInto(draft, entry, index, options));
}
