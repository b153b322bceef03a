import { deflateBlock } from './deflate-block.ts';

/** A block to compress. `buffer` holds `dictionaryBytes` of what comes before it and then the block itself. */
export interface BlockJob {
  readonly compression: 'gzip' | 'zstd';
  readonly level: number;
  readonly buffer: ArrayBuffer;
  readonly dictionaryBytes: number;
  readonly bytes: number;
}

export interface BlockResult {
  readonly output: Uint8Array<ArrayBuffer>;
  /** CRC-32 of the block, for gzip. */
  readonly crc: number;
  /** The job's buffer, to be used again. */
  readonly buffer: ArrayBuffer;
}

/** Compresses one block, in whichever thread it is called. */
export async function runBlockJob(job: BlockJob): Promise<BlockResult> {
  const { buffer, dictionaryBytes, bytes, level } = job;
  const data = new Uint8Array(buffer, dictionaryBytes, bytes);
  if (job.compression === 'zstd') return { output: await zstdFrame(data, level), crc: 0, buffer };
  const { output, crc } = deflateBlock(data, new Uint8Array(buffer, 0, dictionaryBytes), level);
  return { output: ownBytes(output), crc, buffer };
}

/** One compiled encoder everywhere, whatever Node has built in: the same bytes on every machine. */
async function zstdFrame(data: Uint8Array, level: number): Promise<Uint8Array<ArrayBuffer>> {
  const { compress } = await loadZstd();
  return ownBytes(compress(data, level));
}

let zstd: Promise<typeof import('@bokuweb/zstd-wasm')> | undefined;

function loadZstd(): Promise<typeof import('@bokuweb/zstd-wasm')> {
  zstd ??= import('@bokuweb/zstd-wasm').then(async (module) => {
    await module.init();
    return module;
  });
  return zstd;
}

/** The bytes in memory that is theirs alone, as handing them to another thread demands. */
function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer } = bytes;
  return buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength
    ? new Uint8Array(buffer)
    : new Uint8Array(bytes);
}
