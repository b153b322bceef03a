import type { ByteStream, Digest } from '@tsbuild/core';

/** Keeps blobs, whatever they mean. */
export interface Storage {
  createUpload(): Promise<Upload>;
  /** Size of a blob, undefined when it is not there. */
  size(digest: Digest): Promise<number | undefined>;
  /** Bytes `start` to `end`, `end` not included. */
  read(digest: Digest, start: number, end: number): ByteStream;
  /** Keeps the names of what is there, for storages that outlive the process. */
  saveState(state: unknown): Promise<void>;
  loadState(): Promise<unknown>;
}

/** Bytes that arrive in pieces. */
export interface Upload {
  readonly size: number;
  append(bytes: Uint8Array): Promise<void>;
  /** Keeps the bytes under their digest if it is `digest`; else answers false, and they are gone. */
  commit(digest: Digest): Promise<boolean>;
  discard(): Promise<void>;
}
