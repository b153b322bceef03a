import type { Digest } from '@tsbuild/core';

/** What `lstat` with `bigint: true` says of a file; `BigIntStats` is one. */
export interface FileIdentity {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly ctimeNs: bigint;
  readonly mtimeNs: bigint;
  readonly size: bigint;
}

/** Digests of the files of one context. */
export interface FileDigests {
  get(file: FileIdentity): Digest | undefined;
  /**
   * Remembers the digest of a file whose `lstat` was taken before it was read.
   * `since` is the time (milliseconds since 1970) before that `lstat`: a file that changed within the clock's grain of it could
   * change again unseen, and is not remembered.
   */
  set(file: FileIdentity, digest: Digest, since: number): void;
  /** Writes what was added; does nothing when nothing was. */
  save(): Promise<void>;
}

/** Digests of context files, so that unchanged files are not read again. Trusts content and the kernel's ctime, never a time alone. */
export interface FileDigestMemo {
  /** `contextRoot` is the absolute path of the context. */
  open(contextRoot: string): Promise<FileDigests>;
}
