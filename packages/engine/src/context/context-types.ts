import type { FileTree } from '@tsbuild/core';
import type { IgnoreMatcher } from '@tsbuild/dockerfile';
import type { FileDigestMap } from '@tsbuild/layer';
import type { FileDigests } from '@tsbuild/store';
import type { IgnoredBy } from '../graph.ts';

/** What `.dockerignore` says of the context's paths. */
export type ContextIgnores = Pick<IgnoreMatcher, 'ignores' | 'canSkip' | 'explain'>;

/** Digests that are known from earlier builds. */
export type DigestMemo = Pick<FileDigests, 'get' | 'set'>;

export interface ContextOptions {
  /** Absent: nothing is ignored. */
  readonly ignores?: ContextIgnores;
  /** What messages call the ignore file. @default '.dockerignore' */
  readonly ignoreFile?: string;
  /** Absent: every file is read. */
  readonly memo?: DigestMemo;
}

export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * A folder as a tree: everything belongs to root, sockets and extended attributes are left out, links lead nowhere
 * outside. Directories are read when they are first asked for, and neither they nor metadata again.
 */
export interface ContextTree extends FileTree {
  /** What hides a path that exists; undefined when nothing does. */
  ignoredBy(path: string): IgnoredBy | undefined;
  /**
   * Digests of files: of these, and of those that are known from elsewhere.
   * @throws {TsbuildError} ERR_TSBUILD_PERMISSION when one cannot be read, ERR_TSBUILD_CONTEXT_CHANGED when one is no
   * longer what it was when it was looked up
   */
  digests(paths: readonly string[], options?: ReadOptions): Promise<FileDigestMap>;
}
