import { type Digest, decodeName, LayerError } from '@tsbuild/core';
import type { ContentPlace, Extent } from '../tar/tar-entry.ts';
import { checksum } from './checksum.ts';
import { DIGEST_BYTES, HEAD, MAGIC, NONE, RECORD, RECORD_FLAG, RECORD_TYPES } from './format.ts';

/** Reads an index record by record; opening it looks at its head and checksum only. */
export class LayerIndex {
  /** Number of records; the root is record 0. */
  readonly count: number;
  /** Number of entries in the order of the tar. */
  readonly orderedCount: number;
  readonly #buffer: Buffer;
  readonly #orderAt: number;
  readonly #digestsAt: number;
  readonly #heapAt: number;

  /** @throws {LayerError} when the bytes are no index or are damaged */
  constructor(bytes: Uint8Array) {
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const buffer = this.#buffer;
    if (buffer.length < HEAD.bytes || !buffer.subarray(0, MAGIC.length).equals(MAGIC)) throw damagedIndex();
    this.count = buffer.readUInt32LE(HEAD.records);
    this.orderedCount = buffer.readUInt32LE(HEAD.ordered);
    this.#orderAt = HEAD.bytes + this.count * RECORD.bytes;
    this.#digestsAt = this.#orderAt + this.orderedCount * 4;
    this.#heapAt = this.#digestsAt + buffer.readUInt32LE(HEAD.digests) * DIGEST_BYTES;
    const end = this.#heapAt + buffer.readUInt32LE(HEAD.heapBytes);
    if (this.count === 0 || end !== buffer.length) throw damagedIndex();
    if (checksum(buffer.subarray(HEAD.checksum + 4)) !== buffer.readUInt32LE(HEAD.checksum)) throw damagedIndex();
  }

  /** The record at a position of the tar. */
  ordered(position: number): number {
    return this.#buffer.readUInt32LE(this.#orderAt + position * 4);
  }

  name(record: number): string {
    const at = this.#at(record);
    const start = this.#heapAt + this.#buffer.readUInt32LE(at + RECORD.nameAt);
    return decodeName(this.#buffer.subarray(start, start + this.#buffer.readUInt16LE(at + RECORD.nameBytes)));
  }

  type(record: number): (typeof RECORD_TYPES)[number] {
    const type = RECORD_TYPES[this.#buffer.readUInt8(this.#at(record) + RECORD.type)];
    if (type === undefined) throw damagedIndex();
    return type;
  }

  parent(record: number): number {
    return this.#buffer.readUInt32LE(this.#at(record) + RECORD.parent);
  }

  /** The records in a directory: the first and how many. */
  children(record: number): { first: number; count: number } {
    const [first, count] = this.#pair(record);
    return { first, count };
  }

  /** The record that a further name belongs to, undefined for a file itself. */
  linkOf(record: number): number | undefined {
    return this.#optional(record, RECORD.linkOf);
  }

  isOpaque(record: number): boolean {
    return (this.#flags(record) & RECORD_FLAG.isOpaque) !== 0;
  }

  isImplicit(record: number): boolean {
    return (this.#flags(record) & RECORD_FLAG.isImplicit) !== 0;
  }

  size(record: number): number {
    return this.#buffer.readDoubleLE(this.#at(record) + RECORD.size);
  }

  mode(record: number): number {
    return this.#buffer.readUInt16LE(this.#at(record) + RECORD.mode);
  }

  uid(record: number): number {
    return this.#buffer.readUInt32LE(this.#at(record) + RECORD.uid);
  }

  gid(record: number): number {
    return this.#buffer.readUInt32LE(this.#at(record) + RECORD.gid);
  }

  mtime(record: number): number {
    return this.#buffer.readDoubleLE(this.#at(record) + RECORD.mtime);
  }

  /** True when {@link extra} has something. */
  hasExtra(record: number): boolean {
    return this.#optional(record, RECORD.extra) !== undefined;
  }

  digest(record: number): Digest | undefined {
    const number = this.#optional(record, RECORD.digest);
    if (number === undefined) return undefined;
    const at = this.#digestsAt + number * DIGEST_BYTES;
    // Not parsed: 32 bytes in hex are well formed, and every lookup comes here.
    return `sha256:${this.#buffer.toString('hex', at, at + DIGEST_BYTES)}` as Digest;
  }

  linkTarget(record: number): string {
    const [at, length] = this.#pair(record);
    return decodeName(this.#buffer.subarray(this.#heapAt + at, this.#heapAt + at + length));
  }

  device(record: number): { major: number; minor: number } {
    const [major, minor] = this.#pair(record);
    return { major, minor };
  }

  /** Where the contents of a file lie in the tar. */
  place(record: number): ContentPlace {
    const offset = this.#buffer.readDoubleLE(this.#at(record) + RECORD.specific);
    return { offset, extents: this.extra(record).extents };
  }

  /** What few entries have. */
  extra(record: number): {
    readonly xattrs?: Readonly<Record<string, Uint8Array>>;
    readonly extents?: readonly Extent[];
    readonly foreignLink?: string;
  } {
    const start = this.#optional(record, RECORD.extra);
    if (start === undefined) return {};
    const flags = this.#flags(record);
    const reader = new HeapReader(this.#buffer, this.#heapAt + start);
    return {
      ...((flags & RECORD_FLAG.hasXattrs) === 0 ? {} : { xattrs: reader.xattrs() }),
      ...((flags & RECORD_FLAG.hasExtents) === 0 ? {} : { extents: reader.extents() }),
      ...((flags & RECORD_FLAG.hasForeignLink) === 0 ? {} : { foreignLink: reader.name() }),
    };
  }

  #at(record: number): number {
    if (record >= this.count) throw damagedIndex();
    return HEAD.bytes + record * RECORD.bytes;
  }

  #flags(record: number): number {
    return this.#buffer.readUInt8(this.#at(record) + RECORD.flags);
  }

  #pair(record: number): [number, number] {
    const at = this.#at(record) + RECORD.specific;
    return [this.#buffer.readUInt32LE(at), this.#buffer.readUInt32LE(at + 4)];
  }

  #optional(record: number, field: number): number | undefined {
    const value = this.#buffer.readUInt32LE(this.#at(record) + field);
    return value === NONE ? undefined : value;
  }
}

class HeapReader {
  readonly #buffer: Buffer;
  #at: number;

  constructor(buffer: Buffer, at: number) {
    this.#buffer = buffer;
    this.#at = at;
  }

  name(): string {
    return decodeName(this.#bytes(this.#u32()));
  }

  xattrs(): Record<string, Uint8Array> {
    // No prototype: an attribute may be called __proto__.
    const xattrs = Object.create(null) as Record<string, Uint8Array>;
    for (let left = this.#u32(); left > 0; left--) {
      const name = this.name();
      xattrs[name] = new Uint8Array(this.#bytes(this.#u32()));
    }
    return xattrs;
  }

  extents(): Extent[] {
    const extents: Extent[] = [];
    for (let left = this.#u32(); left > 0; left--) extents.push({ start: this.#f64(), length: this.#f64() });
    return extents;
  }

  #u32(): number {
    this.#at += 4;
    return this.#buffer.readUInt32LE(this.#at - 4);
  }

  #f64(): number {
    this.#at += 8;
    return this.#buffer.readDoubleLE(this.#at - 8);
  }

  #bytes(length: number): Buffer {
    this.#at += length;
    return this.#buffer.subarray(this.#at - length, this.#at);
  }
}

function damagedIndex(): LayerError {
  return new LayerError('ERR_TSBUILD_LAYER', 'the index of a layer is damaged');
}
