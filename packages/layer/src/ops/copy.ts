import type { LayerWriter } from '@tsbuild/core';
import { copyInto } from './copy-into.ts';
import { Draft } from './draft.ts';
import { memoryTree } from './memory-tree.ts';
import type { CopyRequest } from './requests.ts';
import { parseTarget } from './target.ts';
import { type DraftFeed, writeDraft } from './write-draft.ts';

/**
 * Writes the layer of a COPY or ADD: everything copied, the directories made for it, and their existing parents with
 * the metadata that they have. The writer is not finished.
 * @throws {SolveError} ERR_TSBUILD_COPY when the destination does not allow it
 * @throws {TsbuildError} ERR_TSBUILD_CONTEXT_CHANGED when a file is not what `expected` says
 */
export async function writeCopy(writer: LayerWriter, request: CopyRequest): Promise<void> {
  const draft = new Draft(request.link ? memoryTree([]) : request.destination);
  const target = parseTarget(request.target, request.workdir);
  const feeds: DraftFeed[] = [];
  for (const { selection, expected } of request.sources) {
    const { tree } = selection;
    const feed = feeds.push({ read: (paths, options) => tree.readMany(paths, options), expected }) - 1;
    for (const source of selection.sources) copyInto(draft, source, { target, attributes: request, feed });
  }
  await writeDraft(writer, draft, { feeds, signal: request.signal });
}
