import type { Digest, FileTree } from '@tsbuild/core';

/** What `.dockerignore` says of a path; the matcher of `@tsbuild/dockerfile` is one. */
export interface ContextIgnores {
  /** True when the path is left out. */
  ignores(path: string): boolean;
  /** True when nothing below an ignored directory can be taken back in, so that it need not be read. */
  canSkip(directory: string): boolean;
}

/** Digests that are known from earlier builds. Both calls are synchronous and cheap. */
export interface DigestMemo {
  get(key: string): Digest | undefined;
  set(key: string, digest: Digest): void;
}

export interface ContextOptions {
  readonly ignores?: ContextIgnores;
  readonly memo?: DigestMemo;
}

/** A folder as a tree. Directories are read when they are first asked for and not again. */
export interface ContextTree extends FileTree {
  /** True when the path exists and only `.dockerignore` hides it. */
  isIgnored(path: string): boolean;
  /** Digests of files, in any order. @throws {TsbuildError} ERR_TSBUILD_PERMISSION when one cannot be read. */
  digests(
    paths: readonly string[],
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<ReadonlyMap<string, Digest>>;
}

/** `openContext(root, options)` of this folder. @throws {TsbuildError} ERR_TSBUILD_CONTEXT_NOT_FOUND */
export type OpenContext = (root: string, options?: ContextOptions) => ContextTree;
