import { baseName, type TreeEntry } from '@tsbuild/core';
import type { Extent } from '../tar/tar-entry.ts';
import { ByteSink } from './byte-sink.ts';
import { checksum } from './checksum.ts';
import type { FlatRows } from './flat-rows.ts';
import { DIGEST_BYTES, HEAD, MAGIC, NONE, RECORD, RECORD_FLAG, RECORD_TYPES } from './format.ts';
import { type NamedRow, NO_NUMBER, type Row } from './rows.ts';

/** Writes the index: `flat` are all rows in canonical order, `ordered` the remaining ones in that of the tar. */
export function encodeIndex(flat: FlatRows, ordered: readonly Row[]): Uint8Array {
  for (const [number, row] of flat.rows.entries()) row.number = number;
  const listed = ordered.filter((row) => row.type === 'whiteout' || !row.isImplicit || row.isOpaque);
  const writer = new IndexWriter(flat, listed.length);
  for (const [number, row] of flat.rows.entries()) writer.record(number, row);
  for (const [position, row] of listed.entries()) writer.order(position, row);
  return writer.finish();
}

class IndexWriter {
  readonly #flat: FlatRows;
  readonly #records: Buffer;
  readonly #order: Buffer;
  readonly #digests = new ByteSink();
  readonly #heap = new ByteSink();

  constructor(flat: FlatRows, ordered: number) {
    this.#flat = flat;
    this.#records = Buffer.alloc(flat.rows.length * RECORD.bytes);
    this.#order = Buffer.alloc(ordered * 4);
  }

  record(number: number, row: Row): void {
    const { parents, firstChildren, childCounts } = this.#flat;
    const at = number * RECORD.bytes;
    const records = this.#records;
    records.writeUInt32LE(this.#heap.length, at + RECORD.nameAt);
    records.writeUInt16LE(this.#heap.name(baseName(row.path)), at + RECORD.nameBytes);
    records.writeUInt8(RECORD_TYPES.indexOf(row.type), at + RECORD.type);
    records.writeUInt32LE(parents[number] ?? 0, at + RECORD.parent);
    records.writeUInt32LE(NONE, at + RECORD.linkOf);
    records.writeUInt32LE(NONE, at + RECORD.extra);
    records.writeUInt32LE(NONE, at + RECORD.digest);
    if (row.type === 'whiteout') return;
    this.#metadata(at, row);
    this.#specific(at, row);
    if (row.type !== 'directory') return;
    records.writeUInt32LE(firstChildren[number] ?? 0, at + RECORD.specific);
    records.writeUInt32LE(childCounts[number] ?? 0, at + RECORD.specific + 4);
  }

  order(position: number, row: Row): void {
    this.#order.writeUInt32LE(Math.max(row.number, 0), position * 4);
  }

  finish(): Uint8Array {
    const head = Buffer.alloc(HEAD.bytes);
    MAGIC.copy(head);
    head.writeUInt32LE(this.#records.length / RECORD.bytes, HEAD.records);
    head.writeUInt32LE(this.#order.length / 4, HEAD.ordered);
    head.writeUInt32LE(this.#digests.length / DIGEST_BYTES, HEAD.digests);
    head.writeUInt32LE(this.#heap.length, HEAD.heapBytes);
    const index = Buffer.concat([head, this.#records, this.#order, this.#digests.view(), this.#heap.view()]);
    index.writeUInt32LE(checksum(index.subarray(HEAD.checksum + 4)), HEAD.checksum);
    return index;
  }

  #metadata(at: number, row: NamedRow): void {
    this.#records.writeUInt8(this.#flagsAndExtra(at, row), at + RECORD.flags);
    this.#records.writeUInt16LE(row.mode, at + RECORD.mode);
    this.#records.writeUInt32LE(row.uid, at + RECORD.uid);
    this.#records.writeUInt32LE(row.gid, at + RECORD.gid);
    this.#records.writeDoubleLE(row.mtime, at + RECORD.mtime);
    this.#records.writeDoubleLE(row.size, at + RECORD.size);
  }

  #flagsAndExtra(at: number, row: NamedRow): number {
    const foreignLink = row.linkOf === undefined ? row.hardlink : undefined;
    const extra =
      (row.xattrs === undefined ? 0 : RECORD_FLAG.hasXattrs) |
      (row.extents === undefined ? 0 : RECORD_FLAG.hasExtents) |
      (foreignLink === undefined ? 0 : RECORD_FLAG.hasForeignLink);
    if (extra !== 0) {
      this.#records.writeUInt32LE(this.#heap.length, at + RECORD.extra);
      if (row.xattrs !== undefined) writeXattrs(this.#heap, row.xattrs);
      if (row.extents !== undefined) writeExtents(this.#heap, row.extents);
      if (foreignLink !== undefined) this.#heap.sizedName(foreignLink);
    }
    return extra | (row.isOpaque ? RECORD_FLAG.isOpaque : 0) | (row.isImplicit ? RECORD_FLAG.isImplicit : 0);
  }

  #specific(at: number, row: NamedRow): void {
    const records = this.#records;
    const linked = row.linkOf?.number ?? NO_NUMBER;
    if (linked !== NO_NUMBER) records.writeUInt32LE(linked, at + RECORD.linkOf);
    if (row.digest !== undefined && row.linkOf === undefined) {
      records.writeUInt32LE(this.#digests.length / DIGEST_BYTES, at + RECORD.digest);
      this.#digests.sha256(row.digest);
    }
    if (row.type === 'file') records.writeDoubleLE(row.offset, at + RECORD.specific);
    if (row.type === 'symlink') {
      records.writeUInt32LE(this.#heap.length, at + RECORD.specific);
      records.writeUInt32LE(this.#heap.name(row.linkTarget ?? ''), at + RECORD.specific + 4);
    }
    if (row.type === 'char' || row.type === 'block') {
      records.writeUInt32LE(row.device?.major ?? 0, at + RECORD.specific);
      records.writeUInt32LE(row.device?.minor ?? 0, at + RECORD.specific + 4);
    }
  }
}

function writeXattrs(heap: ByteSink, xattrs: NonNullable<TreeEntry['xattrs']>): void {
  const names = Object.keys(xattrs).sort();
  heap.u32(names.length);
  for (const name of names) {
    const value = xattrs[name] ?? new Uint8Array();
    heap.sizedName(name);
    heap.u32(value.length);
    heap.bytes(value);
  }
}

function writeExtents(heap: ByteSink, extents: readonly Extent[]): void {
  heap.u32(extents.length);
  for (const { start, length } of extents) {
    heap.f64(start);
    heap.f64(length);
  }
}
