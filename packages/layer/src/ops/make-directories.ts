import { joinPath, SolveError } from '@tsbuild/core';
import type { Draft } from './draft.ts';
import type { Owner } from './owner.ts';

/** How the directories look that an instruction has to make on its way. */
export interface NewDirectory {
  readonly mode: number;
  readonly owner: Owner;
  readonly mtime: number;
}

export const ROOT_OWNER: Owner = { uid: 0, gid: 0 };
export const CREATED_MODE = 0o755;

/** Makes what is missing of a path without symlinks. @throws {SolveError} ERR_TSBUILD_COPY when something else is in the way */
export function makeDirectories(draft: Draft, path: string, { mode, owner, mtime }: NewDirectory): void {
  let directory = '';
  for (const name of path.split('/')) {
    if (name === '') continue;
    directory = joinPath(directory, name);
    const existing = draft.typeAt(directory);
    if (existing === undefined) draft.put(directory, { type: 'directory', mode, ...owner, size: 0, mtime });
    else if (existing !== 'directory') {
      throw new SolveError('ERR_TSBUILD_COPY', `"/${directory}" is not a directory`, {
        hint: 'an earlier step or the base image made it a file: choose another destination, or remove what made it',
      });
    }
  }
}
