import type { LayerEntry } from '@tsbuild/core';

/**
 * One entry of an archive, with names cleaned. `opaque` is the marker of an opaque directory, which may come anywhere
 * after it and name a directory that has no entry of its own.
 */
export type TarEntry = LayerEntry | { readonly path: string; readonly type: 'opaque' };

/** A stretch of a sparse file that is stored; what lies between stretches is zeros. Bytes. */
export interface Extent {
  /** Where in the file. */
  readonly start: number;
  readonly length: number;
}

/** Where the contents of an entry lie in the archive. */
export interface ContentPlace {
  /** Byte of the archive at which the stored contents begin. */
  readonly offset: number;
  /** The stored parts of a sparse file, one after the other from `offset`; undefined when everything is stored. */
  readonly extents?: readonly Extent[] | undefined;
}

/** What an archive may ask for before it is refused. */
export interface TarLimits {
  /** Entries in one archive. @default 4_000_000 */
  readonly maxEntries?: number;
  /** Bytes of one path or link target. @default 4096, as much as Linux takes */
  readonly maxPathBytes?: number;
  /** Bytes of one PAX header, GNU long name or sparse map. @default 1_048_576 */
  readonly maxHeaderBytes?: number;
  /** Bytes of zeros that the holes of sparse files may expand to. @default 16 GiB */
  readonly maxHoleBytes?: number;
}

export const DEFAULT_TAR_LIMITS: Required<TarLimits> = {
  maxEntries: 4_000_000,
  maxPathBytes: 4096,
  maxHeaderBytes: 1_048_576,
  maxHoleBytes: 16 * 1024 ** 3,
};

export interface ReadTarOptions extends TarLimits {
  /**
   * A name that climbs out of the root with `..` is refused, or what leads out of the root is dropped, as ADD does.
   * @default 'refuse'
   */
  readonly dotdot?: 'refuse' | 'drop';
}

/** Takes what a {@link TarParser} finds, synchronously. */
export interface TarHandler {
  /** A new entry, after all of the contents of the one before. */
  entry(entry: TarEntry, place: ContentPlace): void;
  /** The next bytes of the entry's contents, valid during the call; the holes of a sparse file come as zeros. */
  content(bytes: Uint8Array): void;
}

/** Parses an archive that arrives in pieces of any size. */
export interface TarParser {
  /** Calls the handler for everything that is complete. @throws {LayerError} @throws {UnsafePathError} */
  push(bytes: Uint8Array): void;
  /** No more bytes follow. @throws {LayerError} when the archive ends within an entry */
  finish(): void;
}

/** An archive's entry and its contents, which can be read once, before the next entry is asked for. */
export interface TarMember {
  readonly entry: TarEntry;
  readonly content: AsyncIterable<Uint8Array>;
}
