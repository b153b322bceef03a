import {
  type Digest,
  DigestMismatchError,
  digestHex,
  type Ingest,
  type LayerEntry,
  type LayerWriter,
  type TreeEntry,
  toDiffId,
  type WrittenLayer,
} from '@tsbuild/core';
import type { ContentIdentityOptions } from './index/content-id.ts';
import { describeLayer } from './index/describe-layer.ts';
import { EntryTable } from './index/entry-table.ts';
import { EMPTY_DIGEST, FileDigest } from './index/file-digest.ts';
import type { NamedRow } from './index/rows.ts';
import { BlockBuffer } from './tar/block-buffer.ts';
import { encodeEntry, encodeMarker } from './tar/encode-entry.ts';
import { BLOCK_BYTES, paddingOf } from './tar/header.ts';
import { opaqueName, type WhiteoutMeaning, whiteoutMeaning, whiteoutName } from './tar/whiteout.ts';

/**
 * Writes a layer's tar into `ingest` and commits it in `finish`. The bytes depend on the entries alone: ustar headers,
 * PAX records for what they cannot say, whole-second times, nothing of this machine. Contents are hashed as they pass.
 */
export function createLayerWriter(ingest: Ingest, options: ContentIdentityOptions = {}): LayerWriter {
  return new TarLayerWriter(ingest, options);
}

class TarLayerWriter implements LayerWriter {
  readonly #ingest: Ingest;
  readonly #options: ContentIdentityOptions;
  readonly #blocks: BlockBuffer;
  readonly #table = new EntryTable();
  readonly #digest = new FileDigest();
  /** The file whose contents are awaited, and how many bytes of them. */
  #file: NamedRow | undefined;
  #missing = 0;
  /** What the file's contents must be, if that was said. */
  #expected: Digest | undefined;
  /** Bytes that are awaited of an entry whose name says all. */
  #dropped = 0;

  constructor(ingest: Ingest, options: ContentIdentityOptions) {
    this.#ingest = ingest;
    this.#options = options;
    this.#blocks = new BlockBuffer(ingest);
  }

  add(entry: LayerEntry): Promise<void> | void {
    this.#requireComplete();
    if (entry.type === 'whiteout') return this.#addMarker(entry);
    const meaning = whiteoutMeaning(entry.path);
    if (meaning !== undefined) return this.#addReserved(entry, meaning);
    const written = this.#blocks.header(encodeEntry(entry));
    return written === undefined ? this.#register(entry) : written.then(() => this.#register(entry));
  }

  content(bytes: Uint8Array): Promise<void> | void {
    if (this.#dropped > 0) {
      this.#dropped -= bytes.length;
      return undefined;
    }
    const file = this.#file;
    if (file === undefined || bytes.length > this.#missing) throw new Error('more bytes than the file has');
    this.#digest.update(bytes, bytes.length === file.size);
    this.#missing -= bytes.length;
    const written = this.#blocks.append(bytes);
    if (this.#missing > 0) return written;
    const digest = this.#digest.finish();
    this.#file = undefined;
    checkDigest(digest, this.#expected);
    this.#table.setDigest(file, digest);
    const padding = paddingOf(file.size);
    return written === undefined ? this.#blocks.zeros(padding) : written.then(() => this.#blocks.zeros(padding));
  }

  async finish(): Promise<WrittenLayer> {
    this.#requireComplete();
    await this.#blocks.zeros(2 * BLOCK_BYTES);
    const { size } = this.#blocks;
    // Described while the last bytes are still on their way.
    const drained = this.#blocks.drain();
    drained.catch(() => undefined);
    const description = describeLayer(this.#table, this.#options);
    await drained;
    const { digest } = await this.#ingest.commit({ size });
    return { diffId: toDiffId(digest), size, ...description };
  }

  #requireComplete(): void {
    if (this.#missing > 0 || this.#dropped > 0) throw new Error('the contents of a file are not complete');
  }

  #register(entry: TreeEntry & { readonly opaque?: boolean }): Promise<void> | void {
    const whole = { ...entry, mtime: Math.floor(entry.mtime) };
    const row = this.#table.add(whole, { offset: this.#blocks.size });
    if (row.type === 'file' && entry.hardlink === undefined) this.#await(row, entry);
    return entry.opaque === true ? this.#addMarker({ type: 'opaque', path: entry.path }) : undefined;
  }

  #await(file: NamedRow, { size, digest }: TreeEntry): void {
    if (size === 0) {
      checkDigest(EMPTY_DIGEST, digest);
      this.#table.setDigest(file, EMPTY_DIGEST);
      return;
    }
    this.#file = file;
    this.#missing = size;
    this.#expected = digest;
  }

  /** A file of a reserved name deletes what the name says, wherever it came from. */
  #addReserved(entry: TreeEntry, meaning: WhiteoutMeaning): Promise<void> | void {
    if (entry.type === 'file' && entry.hardlink === undefined) this.#dropped = entry.size;
    return meaning.type === 'ignored' ? undefined : this.#addMarker(meaning);
  }

  #addMarker(marker: { readonly type: 'whiteout' | 'opaque'; readonly path: string }): Promise<void> | void {
    this.#table.add(marker);
    const name = marker.type === 'whiteout' ? whiteoutName(marker.path) : opaqueName(marker.path);
    return this.#blocks.header(encodeMarker(name));
  }
}

function checkDigest(hex: string, expected: Digest | undefined): void {
  if (expected !== undefined && hex !== digestHex(expected)) throw new DigestMismatchError(expected, `sha256:${hex}`);
}
