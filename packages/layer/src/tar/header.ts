import { damagedArchive } from './errors.ts';
import { maxOctal, readNumber, writeOctal } from './numbers.ts';

/** Archives are made of blocks of this size. */
export const BLOCK_BYTES = 512;

/** Type flags of ustar, PAX and GNU tar. */
export const TYPE_FLAG = {
  file: 0x30,
  oldFile: 0x00,
  hardlink: 0x31,
  symlink: 0x32,
  char: 0x33,
  block: 0x34,
  directory: 0x35,
  fifo: 0x36,
  contiguous: 0x37,
  paxGlobal: 0x67,
  pax: 0x78,
  gnuLongLink: 0x4b,
  gnuLongName: 0x4c,
  gnuSparse: 0x53,
} as const;

/** Where the fields of a header are. */
const NAME = { at: 0, length: 100 };
const MODE = { at: 100, length: 8 };
const UID = { at: 108, length: 8 };
const GID = { at: 116, length: 8 };
const SIZE = { at: 124, length: 12 };
const MTIME = { at: 136, length: 12 };
const CHECKSUM = { at: 148, length: 8 };
const TYPE = 156;
const LINK_NAME = { at: 157, length: 100 };
const MAGIC = 257;
const DEVICE_MAJOR = { at: 329, length: 8 };
const DEVICE_MINOR = { at: 337, length: 8 };
const PREFIX = { at: 345, length: 155 };

export const MAX_NAME_BYTES = NAME.length;
export const MAX_PREFIX_BYTES = PREFIX.length;
export const MAX_ID = maxOctal(UID.length);
export const MAX_SIZE = maxOctal(SIZE.length);
export const MAX_DEVICE = maxOctal(DEVICE_MAJOR.length);

/** The fields of a ustar header as they are written; each must fit. */
export interface UstarFields {
  /** ASCII, at most 100 bytes. */
  readonly name: string;
  readonly prefix: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly mtime: number;
  readonly type: number;
  readonly linkName: string;
  readonly major: number;
  readonly minor: number;
}

/** Writes one header block at `at`, every byte of it. */
export function writeUstar(block: Buffer, at: number, fields: UstarFields): void {
  block.fill(0, at, at + BLOCK_BYTES);
  block.write(fields.name, at + NAME.at, NAME.length, 'latin1');
  writeOctal(block, at + MODE.at, MODE.length, fields.mode);
  writeOctal(block, at + UID.at, UID.length, fields.uid);
  writeOctal(block, at + GID.at, GID.length, fields.gid);
  writeOctal(block, at + SIZE.at, SIZE.length, fields.size);
  writeOctal(block, at + MTIME.at, MTIME.length, fields.mtime);
  block[at + TYPE] = fields.type;
  block.write(fields.linkName, at + LINK_NAME.at, LINK_NAME.length, 'latin1');
  block.write('ustar\0' + '00', at + MAGIC, 8, 'latin1');
  writeOctal(block, at + DEVICE_MAJOR.at, DEVICE_MAJOR.length, fields.major);
  writeOctal(block, at + DEVICE_MINOR.at, DEVICE_MINOR.length, fields.minor);
  block.write(fields.prefix, at + PREFIX.at, PREFIX.length, 'latin1');
  // Six digits, NUL and a space, unlike every other number; the field's zeros are not in the sum.
  writeOctal(block, at + CHECKSUM.at, CHECKSUM.length - 1, sumOfFields(block, at, fields));
  block[at + CHECKSUM.at + CHECKSUM.length - 1] = 0x20;
}

/** The fields of any tar header as they were read. Names are raw bytes up to the first NUL. */
export interface RawHeader {
  readonly name: Buffer;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly mtime: number;
  readonly type: number;
  readonly linkName: Buffer;
  readonly major: number;
  readonly minor: number;
}

/** Reads a header block. @throws {LayerError} when the checksum or a number is wrong */
export function readHeader(block: Buffer): RawHeader {
  verifyChecksum(block);
  const type = block[TYPE] ?? 0;
  const isDevice = type === TYPE_FLAG.char || type === TYPE_FLAG.block;
  return {
    name: fullName(block),
    mode: readNumber(block, MODE.at, MODE.length) & 0o7777,
    uid: readNumber(block, UID.at, UID.length),
    gid: readNumber(block, GID.at, GID.length),
    size: readNumber(block, SIZE.at, SIZE.length),
    mtime: readNumber(block, MTIME.at, MTIME.length),
    type,
    linkName: text(block, LINK_NAME),
    major: isDevice ? readNumber(block, DEVICE_MAJOR.at, DEVICE_MAJOR.length) : 0,
    minor: isDevice ? readNumber(block, DEVICE_MINOR.at, DEVICE_MINOR.length) : 0,
  };
}

/** True for a block of zeros, two of which end an archive. */
export function isZeroBlock(block: Buffer): boolean {
  return block[0] === 0 && block.equals(ZERO_BLOCK);
}

const ZERO_BLOCK = Buffer.alloc(BLOCK_BYTES);

/** Bytes of zeros that follow `size` bytes of contents. */
export function paddingOf(size: number): number {
  const rest = size % BLOCK_BYTES;
  return rest === 0 ? 0 : BLOCK_BYTES - rest;
}

/** Only POSIX archives have a prefix; GNU tar keeps times there. */
function fullName(block: Buffer): Buffer {
  const name = text(block, NAME);
  if (block[PREFIX.at] === 0 || block.toString('latin1', MAGIC, MAGIC + 6) !== 'ustar\0') return name;
  return Buffer.concat([text(block, PREFIX), Buffer.from('/'), name]);
}

function text(block: Buffer, { at, length }: { at: number; length: number }): Buffer {
  const end = block.indexOf(0, at);
  return block.subarray(at, end === -1 ? at + length : Math.min(end, at + length));
}

/** The sum of a block that was just written: what lies between the fields is zeros. */
function sumOfFields(block: Buffer, at: number, { name, linkName, prefix }: UstarFields): number {
  return (
    CHECKSUM.length * 0x20 +
    sumOfRange(block, at, name.length) +
    sumOfRange(block, at + MODE.at, CHECKSUM.at - MODE.at) +
    sumOfRange(block, at + TYPE, 1 + linkName.length) +
    sumOfRange(block, at + MAGIC, PREFIX.at - MAGIC + prefix.length)
  );
}

/** The sum of all bytes, the checksum's own taken as spaces. */
function sumOfBytes(block: Buffer): number {
  return CHECKSUM.length * 0x20 + sumOfRange(block, 0, CHECKSUM.at) + sumOfRange(block, TYPE, BLOCK_BYTES - TYPE);
}

function sumOfRange(block: Buffer, from: number, length: number): number {
  let sum = 0;
  for (let index = from; index < from + length; index++) sum += block[index] ?? 0;
  return sum;
}

function verifyChecksum(block: Buffer): void {
  const stored = readNumber(block, CHECKSUM.at, CHECKSUM.length);
  const sum = sumOfBytes(block);
  if (stored !== sum && stored !== sum - 256 * highBytes(block)) throw damagedArchive('a header has a wrong checksum');
}

/** Old writers summed signed bytes: each byte from 128 on counts 256 less. */
function highBytes(block: Buffer): number {
  return block.reduce((count, byte, index) => count + (isChecksumByte(index) ? 0 : byte >> 7), 0);
}

function isChecksumByte(index: number): boolean {
  return index >= CHECKSUM.at && index < CHECKSUM.at + CHECKSUM.length;
}
