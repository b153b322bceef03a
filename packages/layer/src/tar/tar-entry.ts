import type { LayerEntry } from '@tsbuild/core';

/**
 * One entry of an archive, with names cleaned. `opaque` is the marker of an opaque directory, which may come anywhere
 * after it and name a directory that has no entry of its own.
 */
export type TarEntry = LayerEntry | { readonly path: string; readonly type: 'opaque' };

export interface TarLimits {
  /** Entries in one archive. @default 4_000_000 */
  readonly maxEntries?: number;
  /** Bytes of one path or link target. @default 16_384 */
  readonly maxPathBytes?: number;
  /** Bytes of one PAX header or GNU long name. @default 1_048_576 */
  readonly maxHeaderBytes?: number;
  /** Bytes of all files together, the holes of sparse ones included. @default 1 TiB */
  readonly maxContentBytes?: number;
}

export interface ReadTarOptions extends TarLimits {
  /** What to do with a name that climbs out of the root with `..`: refuse it, or drop what leads out, as ADD does. @default 'refuse' */
  readonly dotdot?: 'refuse' | 'drop';
  readonly signal?: AbortSignal | undefined;
}

/** Takes what a {@link TarParser} finds, synchronously. */
export interface TarHandler {
  /** A new entry, after all of the contents of the one before. `offset` is where its contents start in the archive. */
  entry(entry: TarEntry, offset: number): void;
  /** The next bytes of the entry's contents, valid during the call; the holes of a sparse file come as zeros. */
  content(bytes: Uint8Array): void;
}

/** An archive's entry and its contents, which can be read once, before the next entry is asked for. */
export interface TarMember {
  readonly entry: TarEntry;
  readonly content: AsyncIterable<Uint8Array>;
}
