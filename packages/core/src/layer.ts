import type { DiffId, Digest } from './digest.ts';
import type { FileChunk, TreeEntry } from './file-tree.ts';

/**
 * What a layer's tar says of one path, in the order of the tar: parents before children.
 * A `whiteout` hides the path of the layers below; an `opaque` directory hides everything in it that they have.
 */
export type LayerEntry =
  | (TreeEntry & { readonly opaque?: boolean })
  | { readonly path: string; readonly type: 'whiteout' };

/** What reading or writing the tar of a layer tells of it. */
export interface LayerContents {
  /** Digest of the entries without the times nobody chose. */
  readonly contentId: Digest;
  /** Compact index of the entries, as `@tsbuild/layer` reads it back. */
  readonly index: Uint8Array;
}

/** A layer that has been written to the store. */
export interface WrittenLayer extends LayerContents {
  readonly diffId: DiffId;
  /** Bytes of the uncompressed tar. */
  readonly size: number;
  /** Of what a command wrote: the times that mean "now" and are not in `contentId`. Every other time is. */
  readonly stepWindow?: StepWindow;
}

/** Seconds since 1970, both included. */
export interface StepWindow {
  readonly from: number;
  readonly to: number;
}

/** Ordered entries in, one layer out. Contents follow their entry at once. */
export interface LayerWriter {
  /**
   * Adds an entry. A file of `size` > 0 without `hardlink` must be followed by exactly its bytes through `content`.
   * Where an entry has a `digest`, its bytes are checked against it. @throws {DigestMismatchError}
   */
  add(entry: LayerEntry): Promise<void> | void;
  /** The next bytes of the file that was added last. @throws {DigestMismatchError} with the last of them */
  content(bytes: FileChunk['bytes']): Promise<void> | void;
  /** Ends the tar; what was written is in its place when the promise settles. */
  finish(): Promise<WrittenLayer>;
}
