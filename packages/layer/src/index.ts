import type {
  ByteStream,
  Digest,
  FileTree,
  Ingest,
  LayerEntry,
  LayerWriter,
  TreeEntry,
  WrittenLayer,
} from '@tsbuild/core';
import type { ReadTarOptions, TarHandler, TarMember } from './tar/tar-entry.ts';

export type { ReadTarOptions, TarEntry, TarHandler, TarLimits, TarMember } from './tar/tar-entry.ts';

/** Which times are part of a layer's content identity. By default none is, as for copied files. */
export interface ContentIdentityOptions {
  /** Times are content, as in the layer of a RUN. @default false */
  readonly timesCount?: boolean;
  /** Seconds. A time from `from` to `to`, both included, means "now" and is left out even if times count. */
  readonly stepWindow?: { readonly from: number; readonly to: number };
}

/** Writes canonical tar into `ingest` and commits it in `finish`. Entries come parents first. */
export declare function createLayerWriter(ingest: Ingest, options?: ContentIdentityOptions): LayerWriter;

/** Reads an uncompressed archive of any origin. @throws {LayerError} @throws {UnsafePathError} */
export declare function readTar(tar: ByteStream, options?: ReadTarOptions): AsyncIterable<TarMember>;

/** Synchronous parsing of an archive that arrives in pieces. @throws {LayerError} @throws {UnsafePathError} */
export interface TarParser {
  push(bytes: Uint8Array): void;
  /** No more bytes follow. */
  finish(): void;
}
export declare function createTarParser(handler: TarHandler, options?: ReadTarOptions): TarParser;

export interface IndexLayerOptions extends ContentIdentityOptions, ReadTarOptions {}

/** Indexes an uncompressed tar while its bytes flow elsewhere. */
export interface LayerIndexer {
  /** The next bytes of the tar. */
  push(bytes: Uint8Array): void;
  /** The same bytes, unchanged, each pushed before it is passed on. */
  through(tar: ByteStream): ByteStream;
  /** Call once, after the last byte. */
  finish(): WrittenLayer;
}
export declare function createLayerIndexer(options?: IndexLayerOptions): LayerIndexer;

/** One pass over an uncompressed tar: its diffId, contentId, size and index. */
export declare function indexLayer(tar: ByteStream, options?: IndexLayerOptions): Promise<WrittenLayer>;

export type LayerTreeEntry = TreeEntry & {
  /** Hides what the layers below have in this directory. */
  readonly opaque?: boolean;
  /** A parent that no entry of the layer's tar names; it leaves what lower layers have as it is. */
  readonly implicit?: boolean;
};

/** What one layer says. */
export interface LayerTree extends FileTree {
  lookup(path: string): LayerTreeEntry | undefined;
  /** The names in a directory that the layer hides from the layers below. */
  whiteouts(path: string): readonly string[];
  /** In the order of the tar, whiteouts included; duplicates are resolved, implicit parents left out. */
  entries(): Iterable<LayerEntry>;
}

/** Opens an index that a writer or indexer made. Contents are read from the uncompressed tar, opened when first needed. */
export declare function openLayerTree(index: Uint8Array, tarPath: string | (() => Promise<string>)): LayerTree;
/** A layer without entries. */
export declare const emptyTree: LayerTree;
/** The root file system of a stack of layers, bottom first. */
export declare function mergeTrees(layers: readonly LayerTree[]): FileTree;

export interface LayerUsage {
  /** Bytes of the layer's files. */
  readonly size: number;
  /** Bytes of files that later layers replace or delete. */
  readonly hidden: number;
}
/** Size and waste of each layer, bottom first. */
export declare function layerUsage(layers: readonly LayerTree[]): LayerUsage[];

export interface DecompressOptions {
  /** Most bytes that may come out. */
  readonly maxBytes?: number;
  /** Most bytes out for each byte in, once 16 MiB have come out. */
  readonly maxRatio?: number;
  readonly signal?: AbortSignal | undefined;
}
export type Compression = 'none' | 'gzip' | 'zstd' | 'bzip2' | 'xz';
/** The plain bytes of a gzip, zstd, bzip2 or xz stream, told by its first bytes; anything else passes unchanged. */
export declare function decompress(source: ByteStream, options?: DecompressOptions): ByteStream;
/** How data that starts with these bytes (at least 6, if there are as many) is compressed. */
export declare function detectCompression(start: Uint8Array): Compression;

export interface CompressOptions {
  readonly compression: 'gzip' | 'zstd';
  /** gzip 1–9 (default 6), zstd 1–22 (default 3). */
  readonly level?: number;
  readonly signal?: AbortSignal | undefined;
}
/** Compresses over all cores; the output depends on the bytes and the options only. */
export declare function compress(source: ByteStream, options: CompressOptions): ByteStream;
/** The canonical digest of a layer's entries. */
export declare function contentIdOf(entries: Iterable<LayerEntry>, options?: ContentIdentityOptions): Digest;

export { writeCopy } from './ops/copy.ts';
export { type DestinationFacts, type LookupFact, recordLookups } from './ops/facts.ts';
export { factsHold } from './ops/facts-hold.ts';
export type { MemoryFile } from './ops/memory-file.ts';
export { type MemoryTree, memoryTree } from './ops/memory-tree.ts';
export { type ModeChange, parseModeChange } from './ops/mode-change.ts';
export { type Owner, resolveOwner } from './ops/owner.ts';
export type { CopyAttributes, CopyRequest, CopySource, WorkdirRequest } from './ops/requests.ts';
export { selectSources } from './ops/select.ts';
export type {
  FileDigests,
  SelectedItem,
  SelectedSource,
  Selection,
  SelectionDigest,
  SelectionDigestOptions,
  SelectSpec,
} from './ops/selection.ts';
export { selectionDigest } from './ops/selection-digest.ts';
export { SourceNotFoundError } from './ops/source-not-found.ts';
export { writeWorkdir } from './ops/workdir.ts';
