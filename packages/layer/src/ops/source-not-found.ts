import { type FileTree, parentPath, resolvePath, SolveError } from '@tsbuild/core';

/** Nothing is where a COPY, ADD or bind mount looks. */
export class SourceNotFoundError extends SolveError {
  /** The source below the tree's root, cleaned, without a leading slash. */
  readonly path: string;
  /** The part of `path` that exists, `''` for the root. */
  readonly directory: string;
  /** What is in that directory instead. */
  readonly siblings: readonly string[];

  constructor(path: string, tree: FileTree) {
    super('ERR_TSBUILD_SOURCE_NOT_FOUND', `${JSON.stringify(`/${path}`)} not found`);
    this.path = path;
    this.directory = existingDirectory(tree, parentPath(path));
    this.siblings = tree.list(resolvePath(tree, this.directory).path);
  }
}

function existingDirectory(tree: FileTree, path: string): string {
  return path === '' || resolvePath(tree, path).entry?.type === 'directory'
    ? path
    : existingDirectory(tree, parentPath(path));
}
