/** How a stream is compressed. */
export type Compression = 'none' | 'gzip' | 'zstd' | 'bzip2' | 'xz';

/** Bytes at the start that tell all formats apart. */
export const DETECT_BYTES = 10;

const BZIP2_BLOCK = [0x31, 0x41, 0x59, 0x26, 0x53, 0x59];
const BZIP2_END = [0x17, 0x72, 0x45, 0x38, 0x50, 0x90];

/**
 * Tells how data is compressed from its first bytes (10, or all if there are fewer). Names play no part.
 * @see https://datatracker.ietf.org/doc/html/rfc8878#section-3.1 zstd, skippable frames included
 */
export function detectCompression(start: Uint8Array): Compression {
  if (startsWith(start, [0x1f, 0x8b, 0x08])) return 'gzip';
  if (startsWith(start, [0x28, 0xb5, 0x2f, 0xfd])) return 'zstd';
  if (startsWith(start.subarray(1), [0x2a, 0x4d, 0x18]) && ((start[0] ?? 0) & 0xf0) === 0x50) return 'zstd';
  if (startsWith(start, [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00])) return 'xz';
  return isBzip2(start) ? 'bzip2' : 'none';
}

/** `BZh`, a block size from 1 to 9, and the mark of a block or of the end. */
function isBzip2(start: Uint8Array): boolean {
  const level = start[3] ?? 0;
  if (!startsWith(start, [0x42, 0x5a, 0x68]) || level < 0x31 || level > 0x39) return false;
  const mark = start.subarray(4);
  return startsWith(mark, BZIP2_BLOCK) || startsWith(mark, BZIP2_END);
}

function startsWith(bytes: Uint8Array, prefix: readonly number[]): boolean {
  return prefix.every((byte, index) => bytes[index] === byte);
}
