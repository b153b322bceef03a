import type { Descriptor } from './descriptor.ts';
import type { Digest } from './digest.ts';

/** Bytes in the order in which they stand, in pieces of any size. */
export type ByteStream = AsyncIterable<Uint8Array>;

/** What every call that may wait takes. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Reads blobs, nothing else. */
export interface ContentFetcher {
  /**
   * Streams the blob that `target` describes. Size and digest are checked while reading, so a bad blob fails before
   * the stream ends.
   * @throws {NotFoundError} @throws {DigestMismatchError} @throws {SizeMismatchError}
   */
  fetch(target: Descriptor, options?: CallOptions): Promise<ByteStream>;
}

/** Takes blobs. */
export interface ContentPusher {
  /** True when the blob is there already, so that pushing it would be waste. */
  exists(target: Descriptor, options?: CallOptions): Promise<boolean>;
  /** Stores exactly the bytes that `target` describes; anything else is refused and leaves nothing behind. */
  push(target: Descriptor, content: ByteStream, options?: CallOptions): Promise<void>;
}

/** Turns a name into a descriptor. */
export interface Resolver {
  /** `reference` is a tag, a digest or a full image name, as the place understands it. @throws {NotFoundError} */
  resolve(reference: string, options?: CallOptions): Promise<Descriptor>;
}

/** Gives a name to content that is already there. */
export interface Tagger {
  /** Makes `reference` name the content, which is already there; it names nothing else from then on. */
  tag(target: Descriptor, reference: string, options?: CallOptions): Promise<void>;
}

export interface ReadOnlyTarget extends ContentFetcher, Resolver {}

export interface Target extends ReadOnlyTarget, ContentPusher, Tagger {}

/** A blob being written. Disposing it before `commit` leaves nothing behind. */
export interface Ingest extends AsyncDisposable {
  /** Appends. Await the result when there is one: it is the back-pressure. The bytes may be reused afterwards. */
  write(bytes: Uint8Array): Promise<void> | void;
  /**
   * Makes the blob visible under the digest of what was written and returns that digest.
   * @throws {DigestMismatchError} @throws {SizeMismatchError} when `expected` says otherwise; nothing is kept then.
   */
  commit(expected?: { readonly digest?: Digest; readonly size?: number }): Promise<{ digest: Digest; size: number }>;
}
