const CHECKSUM_AT = 148;
const CHECKSUM_LENGTH = 8;
const HEADER_LENGTH = 512;
const SPACE = 0x20;

/** True when `bytes` begins with a header of tar: one whose checksum is right, since the oldest ones have no magic. */
export function isTarStart(bytes: Uint8Array): boolean {
  if (bytes.length < HEADER_LENGTH) return false;
  const text = Buffer.from(bytes.subarray(CHECKSUM_AT, CHECKSUM_AT + CHECKSUM_LENGTH)).toString('latin1');
  const expected = /^ *([0-7]+)[ \0]*$/.exec(text)?.[1];
  let sum = 0;
  for (let at = 0; at < HEADER_LENGTH; at++) {
    const isChecksum = at >= CHECKSUM_AT && at < CHECKSUM_AT + CHECKSUM_LENGTH;
    sum += isChecksum ? SPACE : (bytes[at] ?? 0);
  }
  return expected !== undefined && Number.parseInt(expected, 8) === sum;
}
