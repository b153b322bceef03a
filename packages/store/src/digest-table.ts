import { type Digest, digestFromHex, digestHex } from '@tsbuild/core';

/** What `lstat` with `bigint: true` says of a file; `BigIntStats` is one. */
export interface FileIdentity {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly ctimeNs: bigint;
  readonly mtimeNs: bigint;
  readonly size: bigint;
}

/** dev, ino, ctime, mtime, size: 8 bytes each, little-endian; then the 32 bytes of the digest. */
const ENTRY_BYTES = 72;
const DIGEST_AT = 40;
/** An entry with inode 0, which no file has, is free. */
const INO_AT = 8;

/**
 * A hash table of file digests that is used as it lies in its file: opening it costs one read, whatever its size.
 * Open addressing by inode; the number of slots is a power of two and at least a third of them are free.
 */
export class DigestTable {
  readonly bytes: Buffer;
  readonly #mask: number;

  /** Anything that is not a table is an empty one. */
  constructor(bytes: Buffer | undefined) {
    const slots = (bytes?.byteLength ?? 0) / ENTRY_BYTES;
    const isTable = bytes !== undefined && slots >= 1 && Number.isInteger(Math.log2(slots));
    this.bytes = isTable ? bytes : Buffer.alloc(ENTRY_BYTES);
    this.#mask = isTable ? slots - 1 : 0;
  }

  find(file: FileIdentity): Digest | undefined {
    const at = this.#slotOf(file.dev, file.ino);
    const { bytes } = this;
    const isSame =
      at !== undefined &&
      bytes.readBigUInt64LE(at + INO_AT) !== 0n &&
      bytes.readBigInt64LE(at + 16) === file.ctimeNs &&
      bytes.readBigInt64LE(at + 24) === file.mtimeNs &&
      bytes.readBigInt64LE(at + 32) === file.size;
    return isSame ? digestFromHex(bytes.toString('hex', at + DIGEST_AT, at + ENTRY_BYTES)) : undefined;
  }

  /** A table that holds the entries of this one and `added`, which win. */
  with(added: Iterable<{ readonly file: FileIdentity; readonly digest: Digest }>): DigestTable {
    const news = [...added];
    const olds = [...this.#entries()];
    const slots = 2 ** Math.ceil(Math.log2((news.length + olds.length) * 1.5 + 1));
    const table = new DigestTable(Buffer.alloc(slots * ENTRY_BYTES));
    for (const entry of olds) table.#put(entry);
    for (const { file, digest } of news) table.#put(encodeEntry(file, digest));
    return table;
  }

  *#entries(): Generator<Buffer> {
    for (let at = 0; at < this.bytes.byteLength; at += ENTRY_BYTES) {
      if (this.bytes.readBigUInt64LE(at + INO_AT) !== 0n) yield this.bytes.subarray(at, at + ENTRY_BYTES);
    }
  }

  #put(entry: Buffer): void {
    const at = this.#slotOf(entry.readBigUInt64LE(0), entry.readBigUInt64LE(INO_AT));
    if (at !== undefined) this.bytes.set(entry, at);
  }

  /** Offset of the entry of an inode, or of the free slot where it would be; undefined in a table without a free slot. */
  #slotOf(dev: bigint, ino: bigint): number | undefined {
    // Inode numbers are mostly consecutive, so their low bits spread well as they are.
    const first = Number(BigInt.asUintN(32, ino)) & this.#mask;
    for (let probe = 0; probe <= this.#mask; probe += 1) {
      const at = ((first + probe) & this.#mask) * ENTRY_BYTES;
      const found = this.bytes.readBigUInt64LE(at + INO_AT);
      if (found === 0n || (found === ino && this.bytes.readBigUInt64LE(at) === dev)) return at;
    }
    return undefined;
  }
}

function encodeEntry(file: FileIdentity, digest: Digest): Buffer {
  const entry = Buffer.alloc(ENTRY_BYTES);
  entry.writeBigUInt64LE(file.dev, 0);
  entry.writeBigUInt64LE(file.ino, INO_AT);
  entry.writeBigInt64LE(file.ctimeNs, 16);
  entry.writeBigInt64LE(file.mtimeNs, 24);
  entry.writeBigInt64LE(file.size, 32);
  entry.write(digestHex(digest), DIGEST_AT, 'hex');
  return entry;
}
