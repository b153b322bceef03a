import { damagedArchive } from './errors.ts';
import { BLOCK_BYTES } from './header.ts';
import { readNumber } from './numbers.ts';
import { type PaxRecords, paxInteger } from './pax.ts';
import type { Extent } from './tar-entry.ts';

/**
 * The formats in which GNU tar leaves out the holes of files.
 * @see https://www.gnu.org/software/tar/manual/html_node/Sparse-Formats.html
 */
const OLD_MAP = { at: 386, entries: 4, isExtended: 482, realSize: 483 };
const OLD_EXTENSION = { at: 0, entries: 21, isExtended: 504 };
const OLD_NUMBER_BYTES = 12;

/** What an old GNU header says: the first stretches, the real size, and whether a block with more of them follows. */
export function readOldSparse(block: Buffer): { extents: Extent[]; realSize: number; isExtended: boolean } {
  const realSize = readNumber(block, OLD_MAP.realSize, OLD_NUMBER_BYTES);
  return { ...readOldMap(block, OLD_MAP), realSize };
}

/** A block of further stretches. */
export function readOldExtension(block: Buffer): { extents: Extent[]; isExtended: boolean } {
  return readOldMap(block, OLD_EXTENSION);
}

function readOldMap(
  block: Buffer,
  map: { at: number; entries: number; isExtended: number },
): { extents: Extent[]; isExtended: boolean } {
  const extents: Extent[] = [];
  for (let index = 0; index < map.entries; index++) {
    const at = map.at + index * 2 * OLD_NUMBER_BYTES;
    if (block[at] === 0) break;
    const start = readNumber(block, at, OLD_NUMBER_BYTES);
    extents.push({ start, length: readNumber(block, at + OLD_NUMBER_BYTES, OLD_NUMBER_BYTES) });
  }
  return { extents, isExtended: block[map.isExtended] !== 0 };
}

/** How a PAX header says that a file is sparse: with its map, or with the map at the start of the contents (1.0). */
export interface PaxSparse {
  readonly realSize: number;
  readonly extents: Extent[] | 'in contents';
}

/** @throws {LayerError} */
export function readPaxSparse(records: PaxRecords): PaxSparse | undefined {
  const major = records.get('GNU.sparse.major')?.toString('latin1');
  const size = records.get('GNU.sparse.realsize') ?? records.get('GNU.sparse.size');
  if (size === undefined) return undefined;
  const realSize = paxInteger('GNU.sparse.realsize', size);
  if (major === '1') return { realSize, extents: 'in contents' };
  const map = records.get('GNU.sparse.map');
  if (map === undefined || (major !== undefined && major !== '0')) {
    throw damagedArchive('a sparse file is in an unknown format');
  }
  return { realSize, extents: pairs(map.length === 0 ? [] : map.toString('latin1').split(',')) };
}

/** Reads the map at the start of the contents, block after block, until it is complete. */
export class SparseMapReader {
  readonly #numbers: string[] = [];
  #rest = '';

  /** Takes a block; returns the map once all of it was seen. @throws {LayerError} */
  push(block: Buffer): Extent[] | undefined {
    const lines = (this.#rest + block.toString('latin1')).split('\n');
    this.#rest = lines.pop() ?? '';
    this.#numbers.push(...lines);
    if (this.#rest.length > BLOCK_BYTES) throw badMap();
    const count = this.#numbers[0];
    if (count === undefined) return undefined;
    const wanted = 1 + decimal(count) * 2;
    return this.#numbers.length < wanted ? undefined : pairs(this.#numbers.slice(1, wanted));
  }
}

function pairs(numbers: readonly string[]): Extent[] {
  if (numbers.length % 2 !== 0) throw badMap();
  const extents: Extent[] = [];
  for (let index = 0; index < numbers.length; index += 2) {
    extents.push({ start: decimal(numbers[index] ?? ''), length: decimal(numbers[index + 1] ?? '') });
  }
  return extents;
}

function decimal(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw badMap();
  return Number(text);
}

/** The map without empty stretches. @throws {LayerError} unless they ascend, fit the file and add up to what is stored */
export function checkedExtents(extents: readonly Extent[], realSize: number, storedSize: number): Extent[] {
  let end = 0;
  let stored = 0;
  for (const { start, length } of extents) {
    if (start < end || length < 0) throw badMap();
    end = start + length;
    stored += length;
  }
  if (end > realSize || stored !== storedSize) throw badMap();
  return extents.filter(({ length }) => length > 0);
}

function badMap(): Error {
  return damagedArchive('the map of a sparse file is malformed');
}

const ZEROS = Buffer.alloc(64 * 1024);

/** Turns the stored bytes of a sparse file into its contents. */
export class SparseExpander {
  readonly #extents: readonly Extent[];
  readonly #realSize: number;
  #index = 0;
  #at = 0;

  constructor(extents: readonly Extent[], realSize: number) {
    this.#extents = extents;
    this.#realSize = realSize;
  }

  push(bytes: Uint8Array, emit: (bytes: Uint8Array) => void): void {
    for (let taken = 0; taken < bytes.length; ) {
      const extent = this.#extents[this.#index];
      if (extent === undefined) throw new Error('more bytes than the sparse map has room for');
      this.#zerosUntil(extent.start, emit);
      const piece = bytes.subarray(taken, taken + extent.start + extent.length - this.#at);
      emit(piece);
      taken += piece.length;
      this.#at += piece.length;
      if (this.#at === extent.start + extent.length) this.#index++;
    }
  }

  /** The hole at the end. */
  finish(emit: (bytes: Uint8Array) => void): void {
    this.#zerosUntil(this.#realSize, emit);
  }

  #zerosUntil(end: number, emit: (bytes: Uint8Array) => void): void {
    while (this.#at < end) {
      const piece = ZEROS.subarray(0, Math.min(ZEROS.length, end - this.#at));
      emit(piece);
      this.#at += piece.length;
    }
  }
}
