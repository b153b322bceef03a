import type { TreeEntry } from '@tsbuild/core';
import type { Extent } from '../tar/tar-entry.ts';
import { ByteSink } from './byte-sink.ts';
import { checksum } from './checksum.ts';
import { countChildren } from './flat-rows.ts';
import { DIGEST_BYTES, HEAD, MAGIC, NONE, RECORD, RECORD_FLAG, RECORD_TYPES } from './format.ts';
import type { RowDigests } from './row-digests.ts';
import { type Directory, type NamedRow, NO_NUMBER, type Row } from './rows.ts';

/** Writes the index: `rows` are all rows in canonical order, `ordered` the remaining ones in that of the tar. */
export function encodeIndex(rows: readonly Row[], ordered: readonly Row[], digests: RowDigests): Uint8Array {
  const writer = new IndexWriter(rows, ordered, digests);
  for (const row of rows) writer.record(row);
  for (const row of ordered) if (isListed(row)) writer.order(row);
  return writer.finish();
}

function isListed(row: Row): boolean {
  return row.type === 'whiteout' || !row.isImplicit || row.isOpaque;
}

function ownsDigest(row: Row): row is NamedRow {
  return row.type !== 'whiteout' && row.digest !== NO_NUMBER && row.linkOf === undefined;
}

/** All parts but the last, the heap, have a size that is known before: they are written where they belong, at once. */
class IndexWriter {
  readonly #digests: RowDigests;
  readonly #index: Buffer;
  readonly #heap = new ByteSink();
  readonly #heapAt: number;
  #recordAt: number = HEAD.bytes;
  #orderAt: number;
  #digestAt: number;
  #digestCount = 0;

  constructor(rows: readonly Row[], ordered: readonly Row[], digests: RowDigests) {
    this.#digests = digests;
    const listed = countIf(ordered, isListed);
    const digested = countIf(rows, ownsDigest);
    this.#orderAt = HEAD.bytes + rows.length * RECORD.bytes;
    this.#digestAt = this.#orderAt + listed * 4;
    this.#heapAt = this.#digestAt + digested * DIGEST_BYTES;
    const nameBytes = rows.reduce((bytes, { name }) => bytes + name.length, 0);
    this.#index = Buffer.alloc(this.#heapAt + nameBytes);
    MAGIC.copy(this.#index);
    this.#index.writeUInt32LE(rows.length, HEAD.records);
    this.#index.writeUInt32LE(listed, HEAD.ordered);
    this.#index.writeUInt32LE(digested, HEAD.digests);
  }

  record(row: Row): void {
    const at = this.#recordAt;
    this.#recordAt += RECORD.bytes;
    const index = this.#index;
    index.writeUInt32LE(this.#heap.length, at + RECORD.nameAt);
    index.writeUInt16LE(this.#heap.name(row.name), at + RECORD.nameBytes);
    index.writeUInt8(RECORD_TYPES.indexOf(row.type), at + RECORD.type);
    index.writeUInt32LE(row.parent?.row.number ?? 0, at + RECORD.parent);
    index.writeUInt32LE(NONE, at + RECORD.linkOf);
    index.writeUInt32LE(NONE, at + RECORD.extra);
    index.writeUInt32LE(NONE, at + RECORD.digest);
    if (row.type === 'whiteout') return;
    this.#metadata(at, row);
    this.#specific(at, row);
    if (row.type === 'directory' && row.directory !== undefined) this.#children(at, row.directory);
  }

  order(row: Row): void {
    this.#orderAt = this.#index.writeUInt32LE(Math.max(row.number, 0), this.#orderAt);
  }

  /** There is room for the heap if it has no more than names in ASCII, as nearly always. */
  finish(): Uint8Array {
    const heap = this.#heap.view();
    const end = this.#heapAt + heap.length;
    const fixed = this.#index.subarray(0, this.#heapAt);
    const index = end <= this.#index.length ? this.#index.subarray(0, end) : Buffer.concat([fixed, heap]);
    heap.copy(index, this.#heapAt);
    index.writeUInt32LE(heap.length, HEAD.heapBytes);
    index.writeUInt32LE(checksum(index.subarray(HEAD.checksum + 4)), HEAD.checksum);
    return index;
  }

  #metadata(at: number, row: NamedRow): void {
    this.#index.writeUInt8(this.#flagsAndExtra(at, row), at + RECORD.flags);
    this.#index.writeUInt16LE(row.mode, at + RECORD.mode);
    this.#index.writeUInt32LE(row.uid, at + RECORD.uid);
    this.#index.writeUInt32LE(row.gid, at + RECORD.gid);
    this.#index.writeDoubleLE(row.mtime, at + RECORD.mtime);
    this.#index.writeDoubleLE(row.size, at + RECORD.size);
  }

  #flagsAndExtra(at: number, row: NamedRow): number {
    const foreignLink = row.linkOf === undefined ? row.hardlink : undefined;
    const extra =
      (row.xattrs === undefined ? 0 : RECORD_FLAG.hasXattrs) |
      (row.extents === undefined ? 0 : RECORD_FLAG.hasExtents) |
      (foreignLink === undefined ? 0 : RECORD_FLAG.hasForeignLink);
    if (extra !== 0) {
      this.#index.writeUInt32LE(this.#heap.length, at + RECORD.extra);
      if (row.xattrs !== undefined) writeXattrs(this.#heap, row.xattrs);
      if (row.extents !== undefined) writeExtents(this.#heap, row.extents);
      if (foreignLink !== undefined) this.#heap.sizedName(foreignLink);
    }
    return extra | (row.isOpaque ? RECORD_FLAG.isOpaque : 0) | (row.isImplicit ? RECORD_FLAG.isImplicit : 0);
  }

  /** What follows one another is told by where it begins. */
  #children(at: number, directory: Directory): void {
    const count = countChildren(directory);
    this.#index.writeUInt32LE(count === 0 ? 0 : directory.firstChild, at + RECORD.specific);
    this.#index.writeUInt32LE(count, at + RECORD.specific + 4);
  }

  #digest(at: number, digest: number): void {
    this.#index.writeUInt32LE(this.#digestCount++, at + RECORD.digest);
    this.#index.set(this.#digests.bytes(digest), this.#digestAt);
    this.#digestAt += DIGEST_BYTES;
  }

  #specific(at: number, row: NamedRow): void {
    const records = this.#index;
    const linked = row.linkOf?.number ?? NO_NUMBER;
    if (linked !== NO_NUMBER) records.writeUInt32LE(linked, at + RECORD.linkOf);
    if (ownsDigest(row)) this.#digest(at, row.digest);
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

function countIf(rows: readonly Row[], isCounted: (row: Row) => boolean): number {
  return rows.reduce((count, row) => count + Number(isCounted(row)), 0);
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
