import { constants, crc32, deflateRawSync } from 'node:zlib';

/** A block in deflate's format, ending at a byte so that another may follow, and the CRC of what is in it. */
export interface DeflatedBlock {
  readonly output: Uint8Array;
  readonly crc: number;
}

const SAMPLE_BYTES = 4096;
const SAMPLES = 8;
/** Below this share of its size a sample is worth compressing. */
const WORTHWHILE = 0.97;
const MAX_STORED_BYTES = 0xffff;

/**
 * Compresses `data`, which may refer back to `dictionary`, the 32 KiB before it. A block of which samples do not shrink
 * is stored. The same bytes always give the same output.
 */
export function deflateBlock(data: Uint8Array, dictionary: Uint8Array, level: number): DeflatedBlock {
  const crc = crc32(data);
  if (isIncompressible(data)) return { output: storeBlock(data), crc };
  const output = deflateRawSync(data, {
    level,
    finishFlush: constants.Z_SYNC_FLUSH,
    chunkSize: Math.max(data.length, 4096) + 1024,
    ...(dictionary.length === 0 ? {} : { dictionary }),
  });
  return { output, crc };
}

/** Compressed and encrypted files, and random ones: hard work for nothing. */
function isIncompressible(data: Uint8Array): boolean {
  if (data.length < SAMPLES * SAMPLE_BYTES) return false;
  const stride = Math.floor((data.length - SAMPLE_BYTES) / (SAMPLES - 1));
  const sample = Buffer.alloc(SAMPLES * SAMPLE_BYTES);
  for (let index = 0; index < SAMPLES; index++) {
    sample.set(data.subarray(index * stride, index * stride + SAMPLE_BYTES), index * SAMPLE_BYTES);
  }
  return deflateRawSync(sample, { level: 1, chunkSize: 2 * sample.length }).length > sample.length * WORTHWHILE;
}

/** @see https://datatracker.ietf.org/doc/html/rfc1951#section-3.2.4 */
function storeBlock(data: Uint8Array): Uint8Array {
  const pieces = Math.ceil(data.length / MAX_STORED_BYTES);
  const output = Buffer.allocUnsafe(data.length + pieces * 5);
  let at = 0;
  for (let from = 0; from < data.length; from += MAX_STORED_BYTES) {
    const piece = data.subarray(from, from + MAX_STORED_BYTES);
    at = output.writeUInt8(0, at);
    at = output.writeUInt16LE(piece.length, at);
    at = output.writeUInt16LE(piece.length ^ 0xffff, at);
    output.set(piece, at);
    at += piece.length;
  }
  return output;
}
