import type { ByteStream, CallOptions, Descriptor, Digest, Reference, Target } from '@tsbuild/core';

/**
 * One repository of one registry. Whether content is a manifest or a blob is read from its media type.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md
 */
export interface RemoteRepository extends Target, ReferencePusher {
  /**
   * Streams a blob as the registry sends it, for a place that checks size and digest of what it keeps: so that nobody
   * hashes it twice. Cuts are mended as by `fetch`; nothing else may be believed of the bytes. @throws {NotFoundError}
   */
  fetchUnverified(target: Descriptor, options?: FetchUnverifiedOptions): Promise<ByteStream>;
  /** The name this repository was opened with. */
  readonly reference: Reference;
  /**
   * Makes a blob of another repository of the same registry visible here without sending it. False when the registry
   * declines; then it must be pushed.
   */
  mount(target: Descriptor, from: string, options?: CallOptions): Promise<boolean>;
  /** Every tag, in the registry's order, asked for page by page. */
  tags(options?: CallOptions): AsyncIterable<string>;
  /** Removes a tag, or content by descriptor. @throws {NotFoundError} */
  delete(target: Descriptor | string, options?: CallOptions): Promise<void>;
  /** Manifests whose subject is `subject`; reads the referrers tag where the registry lacks the API. */
  referrers(subject: Digest, artifactType?: string, options?: CallOptions): Promise<readonly Descriptor[]>;
}

export interface FetchUnverifiedOptions extends CallOptions {
  /**
   * A chunk is good only until the next is asked for: then its memory is used again. For a reader who has copied or written
   * it by then, this saves the garbage collector as much work as the digest is. @default false
   */
  readonly reusesMemory?: boolean;
}

/** An ability of some targets: takes a manifest and its name in one step. */
export interface ReferencePusher {
  /** Stores a manifest under `reference`, as `push` and `tag` would with one request more. */
  pushReference(target: Descriptor, content: ByteStream, reference: string, options?: CallOptions): Promise<void>;
}
