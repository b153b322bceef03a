/** CRC-32 of bytes. Loads zlib when something is first read or written: a build that finds everything cached does neither. */
export function checksum(bytes: Uint8Array): number {
  return process.getBuiltinModule('node:zlib').crc32(bytes);
}
