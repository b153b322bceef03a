import { posix } from 'node:path';
import { resolvePath, SolveError, type TreeEntry } from '@tsbuild/core';

/** Where a COPY, ADD or WORKDIR writes to. */
export interface Target {
  /** Clean, from the root. */
  readonly path: string;
  /** Written with a final `/` or `/.`. */
  readonly isDirectory: boolean;
}

/** Joins what an instruction names with the working directory; `..` ends at the root. */
export function parseTarget(text: string, workdir: string): Target {
  const absolute = text.startsWith('/') ? posix.join('/', text) : posix.join('/', workdir, text);
  const isDirectory = text === '' || text === '.' || /\/\.?$/.test(text) || absolute === '/';
  return { path: absolute.replace(/^\/|\/$/g, ''), isDirectory };
}

/** Follows symlinks, dangling ones too, within the root. @throws {SolveError} ERR_TSBUILD_COPY for a loop */
export function followTarget(
  tree: { lookup(path: string): TreeEntry | undefined },
  path: string,
): { readonly path: string; readonly entry: TreeEntry | undefined } {
  const resolved = resolvePath(tree, path);
  if (resolved.isLoop) throw new SolveError('ERR_TSBUILD_COPY', `too many symbolic links in "/${path}"`);
  return resolved;
}
