const CHECKSUM_AT = 148;
const CHECKSUM_LENGTH = 8;
const HEADER_LENGTH = 512;
const SPACE = 0x20;
/** What gzip, bzip2, xz and zstd files begin with. */
const MAGIC_NUMBERS = ['1f8b08', '425a68', 'fd377a585a00', '28b52ffd'];

/** True for the beginning of a tar archive, compressed or not. */
export function isArchive(bytes: Buffer): boolean {
  const start = bytes.subarray(0, 8).toString('hex');
  return MAGIC_NUMBERS.some((magic) => start.startsWith(magic)) || isTarHeader(bytes);
}

/** The oldest archives have no magic, but a checksum. */
function isTarHeader(bytes: Buffer): boolean {
  if (bytes.length < HEADER_LENGTH) return false;
  const end = CHECKSUM_AT + CHECKSUM_LENGTH;
  const text = bytes.toString('latin1', CHECKSUM_AT, end);
  const expected = /^ *([0-7]+)[ \0]*$/.exec(text)?.[1];
  const header = [...bytes.subarray(0, CHECKSUM_AT), ...bytes.subarray(end, HEADER_LENGTH)];
  const sum = header.reduce((total, byte) => total + byte, CHECKSUM_LENGTH * SPACE);
  return expected !== undefined && Number.parseInt(expected, 8) === sum;
}
