import type { LayerWriter } from '@tsbuild/core';
import { Draft } from './draft.ts';
import { CREATED_MODE, makeDirectories, ROOT_OWNER } from './make-directories.ts';
import type { WorkdirRequest } from './requests.ts';
import { followTarget, parseTarget } from './target.ts';
import { writeDraft } from './write-draft.ts';

/**
 * Writes the layer of a WORKDIR: the directories that are missing, and nothing when none is. The writer is not finished.
 * @throws {SolveError} ERR_TSBUILD_COPY when something else is in the way
 */
export async function writeWorkdir(writer: LayerWriter, request: WorkdirRequest): Promise<void> {
  const draft = new Draft(request.destination);
  const { path } = followTarget(draft, parseTarget(request.path, '/').path);
  const { owner = ROOT_OWNER, createdTime } = request;
  makeDirectories(draft, path, { mode: CREATED_MODE, owner, mtime: createdTime });
  await writeDraft(writer, draft, { feeds: [] });
}
