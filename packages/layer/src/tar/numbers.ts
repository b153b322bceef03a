import { damagedArchive } from './errors.ts';

const ZERO = 0x30;
const SPACE = 0x20;

/** Writes `length - 1` octal digits and a NUL; the caller has checked that the number fits. */
export function writeOctal(block: Uint8Array, at: number, length: number, value: number): void {
  let rest = value;
  for (let index = at + length - 2; index >= at; index--) {
    const quotient = Math.floor(rest / 8);
    block[index] = ZERO + (rest - quotient * 8);
    rest = quotient;
  }
  block[at + length - 1] = 0;
}

/** The largest number that `length` bytes of a ustar header hold. */
export function maxOctal(length: number): number {
  return 8 ** (length - 1) - 1;
}

/**
 * Reads a numeric field: octal between blanks, or GNU's base-256 where the first bit is set.
 * @throws {LayerError} when it is neither, or more than JavaScript can count exactly.
 */
export function readNumber(block: Uint8Array, at: number, length: number): number {
  const first = block[at] ?? 0;
  return (first & 0x80) === 0 ? readOctal(block, at, length) : readBase256(block, at, length);
}

function readOctal(block: Uint8Array, at: number, length: number): number {
  const end = at + length;
  let index = at;
  while (index < end && isBlank(block[index])) index++;
  let value = 0;
  for (; index < end && !isBlank(block[index]); index++) {
    const digit = (block[index] ?? 0) - ZERO;
    if (digit < 0 || digit > 7) throw damagedArchive('a number in a header is not octal');
    value = value * 8 + digit;
  }
  for (; index < end; index++) if (!isBlank(block[index])) throw damagedArchive('a number in a header is not octal');
  return exact(value);
}

/** Two's complement, big-endian; the first bit is the marker, the second the sign. */
function readBase256(block: Uint8Array, at: number, length: number): number {
  const first = block[at] ?? 0;
  let value = (first & 0x40) === 0 ? first & 0x3f : (first & 0x3f) - 0x40;
  for (let index = at + 1; index < at + length; index++) value = value * 256 + (block[index] ?? 0);
  return exact(value);
}

function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === 0;
}

function exact(value: number): number {
  if (!Number.isSafeInteger(value)) throw damagedArchive('a number in a header is too large');
  return value;
}
