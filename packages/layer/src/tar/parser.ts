import { ByteCollector } from './byte-collector.ts';
import { type DecodeOptions, decodeEntry, type EntryHeaders, storedSize } from './decode-entry.ts';
import { archiveTooLarge, damagedArchive } from './errors.ts';
import { BLOCK_BYTES, isZeroBlock, paddingOf, type RawHeader, readHeader, TYPE_FLAG } from './header.ts';
import { PendingHeaders } from './pending-headers.ts';
import {
  checkedExtents,
  readOldExtension,
  readOldSparse,
  readPaxSparse,
  SparseExpander,
  SparseMapReader,
} from './sparse.ts';
import { DEFAULT_TAR_LIMITS, type Extent, type ReadTarOptions, type TarHandler, type TarParser } from './tar-entry.ts';

/** What the parser does with the next bytes. */
type Mode = 'collect' | 'content' | 'skip' | 'ended';

/** Parses any archive synchronously, as its bytes arrive. Declared sizes are counted down, never allocated. */
export function createTarParser(handler: TarHandler, options: ReadTarOptions = {}): TarParser {
  return new StreamParser(handler, { ...DEFAULT_TAR_LIMITS, ...options });
}

class StreamParser implements TarParser {
  readonly #handler: TarHandler;
  readonly #options: DecodeOptions;
  #mode: Mode = 'collect';
  /** Bytes of the archive consumed so far. */
  #position = 0;
  /** Bytes until the mode ends. */
  #remaining = BLOCK_BYTES;
  readonly #collected = new ByteCollector();
  #whenCollected = (block: Buffer): void => this.#onHeader(block);
  /** An archive may end here. */
  #isBetweenEntries = true;
  #expander: SparseExpander | undefined;
  #padding = 0;
  #headers = 0;
  #holeBytes = 0;
  #sawZeroBlock = false;
  readonly #pending = new PendingHeaders();

  constructor(handler: TarHandler, options: DecodeOptions) {
    this.#handler = handler;
    this.#options = options;
  }

  push(bytes: Uint8Array): void {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at < buffer.length && this.#mode !== 'ended'; ) {
      const piece = buffer.subarray(at, at + Math.min(this.#remaining, buffer.length - at));
      at += piece.length;
      this.#position += piece.length;
      this.#remaining -= piece.length;
      this.#take(piece);
    }
  }

  finish(): void {
    if (this.#mode === 'content') throw damagedArchive('unexpected EOF in the contents of an entry');
    if (this.#mode !== 'collect') return;
    // A cut end marker is as good as none.
    if (!this.#isBetweenEntries || !this.#collected.isZero) throw damagedArchive('unexpected EOF in a header');
  }

  #take(piece: Buffer): void {
    if (this.#mode === 'collect') this.#collectPiece(piece);
    else if (this.#mode === 'content') this.#contentPiece(piece);
    else if (this.#remaining === 0) this.#nextHeader();
  }

  #collectPiece(piece: Buffer): void {
    const isWhole = this.#remaining === 0 && this.#collected.isEmpty;
    if (!isWhole) this.#collected.add(piece);
    if (this.#remaining === 0) this.#whenCollected(isWhole ? piece : this.#collected.take());
  }

  #collect(bytes: number, then: (body: Buffer) => void): void {
    this.#mode = 'collect';
    this.#isBetweenEntries = false;
    this.#remaining = bytes;
    this.#whenCollected = then;
    if (bytes === 0) then(Buffer.alloc(0));
  }

  #nextHeader(): void {
    this.#collect(BLOCK_BYTES, (block) => this.#onHeader(block));
    this.#isBetweenEntries = !this.#pending.isWaiting;
  }

  #onHeader(block: Buffer): void {
    if (isZeroBlock(block)) {
      if (this.#sawZeroBlock) this.#mode = 'ended';
      else this.#nextHeader();
      this.#sawZeroBlock = true;
      return;
    }
    if (this.#sawZeroBlock) throw damagedArchive('a header follows a block of zeros');
    this.#headers++;
    if (this.#headers > this.#options.maxEntries) {
      throw archiveTooLarge(`it has more than ${this.#options.maxEntries} entries`);
    }
    const raw = readHeader(block);
    if (this.#pending.accepts(raw.type)) this.#startExtension(raw);
    else this.#startEntry(raw, block);
  }

  /** Collects the contents of a header that describes the entry after it. */
  #startExtension({ type, size }: RawHeader): void {
    const limit = this.#options.maxHeaderBytes;
    if (size < 0) throw damagedArchive('a header declares a negative size');
    if (size > limit) throw archiveTooLarge(`a header has ${size} bytes, at most ${limit} are allowed`);
    this.#collect(size + paddingOf(size), (body) => {
      // A copy: the bytes of the archive may be overwritten before the entry is complete.
      this.#pending.add(type, Buffer.from(body.subarray(0, size)));
      this.#nextHeader();
    });
  }

  #startEntry(raw: RawHeader, block: Buffer): void {
    const headers: EntryHeaders = { raw, ...this.#pending.take() };
    const stored = storedSize(headers);
    const sparse = readPaxSparse(headers.pax);
    if (raw.type === TYPE_FLAG.gnuSparse) this.#startOldSparse(headers, block, stored);
    else if (sparse === undefined) this.#emitEntry(headers, stored);
    else if (sparse.extents === 'in contents') this.#startSparseMap({ ...headers, realSize: sparse.realSize }, stored);
    else this.#emitEntry({ ...headers, realSize: sparse.realSize }, stored, sparse.extents);
  }

  #startOldSparse(headers: EntryHeaders, block: Buffer, stored: number): void {
    const { extents, realSize, isExtended } = readOldSparse(block);
    const sparse = { ...headers, raw: { ...headers.raw, name: Buffer.from(headers.raw.name) }, realSize };
    const onExtension = (extension: Buffer): void => {
      const more = readOldExtension(extension);
      extents.push(...more.extents);
      this.#checkMapSize(extents.length);
      if (more.isExtended) this.#collect(BLOCK_BYTES, onExtension);
      else this.#emitEntry(sparse, stored, extents);
    };
    if (isExtended) this.#collect(BLOCK_BYTES, onExtension);
    else this.#emitEntry(sparse, stored, extents);
  }

  #startSparseMap(headers: EntryHeaders, stored: number): void {
    const reader = new SparseMapReader();
    let mapBytes = 0;
    const sparse = { ...headers, raw: { ...headers.raw, name: Buffer.from(headers.raw.name) } };
    const onBlock = (block: Buffer): void => {
      mapBytes += BLOCK_BYTES;
      this.#checkMapSize(mapBytes / 24);
      const extents = reader.push(block);
      if (extents !== undefined) this.#emitEntry(sparse, stored - mapBytes, extents);
      else if (mapBytes < stored) this.#collect(BLOCK_BYTES, onBlock);
      else throw damagedArchive('the map of a sparse file is malformed');
    };
    this.#collect(BLOCK_BYTES, onBlock);
  }

  #checkMapSize(extents: number): void {
    if (extents * 24 > this.#options.maxHeaderBytes) throw archiveTooLarge('the map of a sparse file is too long');
  }

  /** `stored` bytes of contents follow. */
  #emitEntry(headers: EntryHeaders, stored: number, map?: readonly Extent[]): void {
    const { realSize } = headers;
    const extents = map && checkedExtents(map, realSize ?? 0, stored);
    if (realSize !== undefined) this.#countHoles(realSize - stored);
    const entry = decodeEntry(headers, this.#options);
    const isFile = entry?.type === 'file' && entry.hardlink === undefined;
    this.#expander = isFile && extents ? new SparseExpander(extents, realSize ?? 0) : undefined;
    if (entry !== undefined) this.#handler.entry(entry, { offset: this.#position, extents });
    this.#padding = paddingOf(stored);
    this.#mode = isFile ? 'content' : 'skip';
    this.#remaining = isFile ? stored : stored + this.#padding;
    if (this.#remaining === 0) this.#endContent();
  }

  #countHoles(bytes: number): void {
    this.#holeBytes += bytes;
    const limit = this.#options.maxHoleBytes;
    if (this.#holeBytes > limit) throw archiveTooLarge(`sparse files expand to more than ${limit} bytes of zeros`);
  }

  #contentPiece(piece: Buffer): void {
    if (this.#expander === undefined) this.#handler.content(piece);
    else this.#expander.push(piece, (bytes) => this.#handler.content(bytes));
    if (this.#remaining === 0) this.#endContent();
  }

  #endContent(): void {
    this.#expander?.finish((bytes) => this.#handler.content(bytes));
    this.#expander = undefined;
    if (this.#mode === 'content' && this.#padding > 0) {
      this.#mode = 'skip';
      this.#remaining = this.#padding;
    } else {
      this.#nextHeader();
    }
  }
}
