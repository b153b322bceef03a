import { type Digest, digestHex } from '@tsbuild/core';

/**
 * What tells whether a file is the one that was hashed; `Stats` is one. The fraction of a millisecond that a double keeps is
 * enough, since files that changed shortly before they were hashed are not remembered at all.
 */
export interface FileIdentity {
  readonly dev: number;
  readonly ino: number;
  readonly ctimeMs: number;
  readonly mtimeMs: number;
  readonly size: number;
}

/** dev, ino, ctime, mtime, size as little-endian doubles; then the 32 bytes of the digest. */
const ENTRY_BYTES = 72;
const INO_AT = 8;
const CTIME_AT = 16;
const MTIME_AT = 24;
const SIZE_AT = 32;
const DIGEST_AT = 40;
/** A table is never full, so that looking for what is not there ends soon. */
const SLOTS_PER_ENTRY = 1.3;

/**
 * A hash table of file digests that is used as it lies in its file: opening it costs one read, whatever its size.
 * Open addressing by inode; an entry with inode 0, which no file has, is free.
 */
export class DigestTable {
  readonly bytes: Buffer;
  readonly #view: DataView;
  readonly #slots: number;

  /** Anything that is not a table is an empty one. */
  constructor(bytes: Buffer | undefined) {
    const slots = (bytes?.byteLength ?? 0) / ENTRY_BYTES;
    const isTable = bytes !== undefined && slots >= 1 && Number.isInteger(slots);
    this.bytes = isTable ? bytes : Buffer.alloc(ENTRY_BYTES);
    this.#view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength);
    this.#slots = isTable ? slots : 1;
  }

  find(file: FileIdentity): Digest | undefined {
    const at = this.#slotOf(file.dev, file.ino);
    const view = this.#view;
    const isSame =
      at !== undefined &&
      view.getFloat64(at + INO_AT, true) !== 0 &&
      view.getFloat64(at + CTIME_AT, true) === file.ctimeMs &&
      view.getFloat64(at + MTIME_AT, true) === file.mtimeMs &&
      view.getFloat64(at + SIZE_AT, true) === file.size;
    return isSame ? this.#digestAt(at + DIGEST_AT) : undefined;
  }

  /** A table that holds the entries of this one and `added`, which win. */
  with(added: DigestEntries): DigestTable {
    let { count } = added;
    for (const _ of entriesOf(this.bytes)) count += 1;
    const slots = Math.ceil(count * SLOTS_PER_ENTRY) + 1;
    const table = new DigestTable(Buffer.alloc(slots * ENTRY_BYTES));
    for (const bytes of [this.bytes, ...added.pages]) for (const entry of entriesOf(bytes)) table.#put(entry);
    return table;
  }

  /** 32 bytes are always a digest; checking its text would take longer than finding it. */
  #digestAt(at: number): Digest {
    return `sha256:${this.bytes.toString('hex', at, at + 32)}` as Digest;
  }

  #put(entry: Buffer): void {
    const at = this.#slotOf(entry.readDoubleLE(0), entry.readDoubleLE(INO_AT));
    if (at !== undefined) this.bytes.set(entry, at);
  }

  /** Offset of the entry of an inode, or of the free slot where it would be; undefined in a table without a free slot. */
  #slotOf(dev: number, ino: number): number | undefined {
    const first = hashOf(ino) % this.#slots;
    for (let probe = 0; probe < this.#slots; probe += 1) {
      const at = ((first + probe) % this.#slots) * ENTRY_BYTES;
      const found = this.#view.getFloat64(at + INO_AT, true);
      if (found === 0 || (found === ino && this.#view.getFloat64(at, true) === dev)) return at;
    }
    return undefined;
  }
}

/** Spreads what inode numbers have in common, such as zeros at their end, over all bits. */
function hashOf(ino: number): number {
  const mixed = Math.imul(ino ^ (ino / 2 ** 32), 0x9e3779b1);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}

/** Those that are not free. */
function* entriesOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.byteLength; at += ENTRY_BYTES)
    if (bytes.readDoubleLE(at + INO_AT) !== 0) yield bytes.subarray(at, at + ENTRY_BYTES);
}

const PAGE_ENTRIES = 256;

/** Entries that are to come into a table, held as the bytes that they will be there: there may be very many. */
export class DigestEntries {
  /** What is not filled yet of the last one is as a free slot is. */
  readonly pages: Buffer[] = [];
  count = 0;

  add(file: FileIdentity, digest: Digest): void {
    const at = (this.count % PAGE_ENTRIES) * ENTRY_BYTES;
    if (at === 0) this.pages.push(Buffer.alloc(PAGE_ENTRIES * ENTRY_BYTES));
    this.count += 1;
    const entry = this.pages.at(-1);
    if (entry === undefined) throw new Error('there is always a page that is not full');
    entry.writeDoubleLE(file.dev, at);
    entry.writeDoubleLE(file.ino, at + INO_AT);
    entry.writeDoubleLE(file.ctimeMs, at + CTIME_AT);
    entry.writeDoubleLE(file.mtimeMs, at + MTIME_AT);
    entry.writeDoubleLE(file.size, at + SIZE_AT);
    entry.write(digestHex(digest), at + DIGEST_AT, 'hex');
  }
}
