import { realpathSync, statSync } from 'node:fs';
import { fromSystemError, systemErrorCode, TsbuildError } from '@tsbuild/core';
import type { ContextOptions, ContextTree } from './context-types.ts';
import { LocalContext } from './local-context.ts';

/**
 * Opens a folder as a build context. Nothing in it is read yet.
 * @throws {TsbuildError} ERR_TSBUILD_CONTEXT_NOT_FOUND
 */
export function openContext(root: string, options: ContextOptions = {}): ContextTree {
  return new LocalContext(realFolder(root), options);
}

/** The folder itself may be named by a link; from there on links are not followed. */
function realFolder(root: string): string {
  try {
    if (statSync(root).isDirectory()) return realpathSync(root);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw fromSystemError(error, 'opening the build context');
    throw noContext(root, 'does not exist', error);
  }
  throw noContext(root, 'is not a directory');
}

function noContext(root: string, problem: string, cause?: unknown): TsbuildError {
  return new TsbuildError('ERR_TSBUILD_CONTEXT_NOT_FOUND', `build context ${JSON.stringify(root)} ${problem}`, {
    hint: 'name the folder that COPY reads from',
    cause,
  });
}
