import { addAbortSignal, type Readable } from 'node:stream';
import { TsbuildError } from '@tsbuild/core';

const MAX_DOCKERFILE_BYTES = 16 * 1024 * 1024;
const USTAR_OFFSET = 257;
/** What gzip, bzip2, xz and zstd files begin with. */
const MAGIC_NUMBERS = ['1f8b08', '425a68', 'fd377a585a00', '28b52ffd'];

/** Reads a Dockerfile, or the beginning of an archive, from standard input. @throws {TsbuildError} ERR_TSBUILD_TOO_LARGE */
export async function readStdin(stdin: Readable, signal: AbortSignal): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of addAbortSignal(signal, stdin)) {
    chunks.push(Buffer.from(chunk));
    size += chunk.length;
    if (isArchive(chunks[0] ?? Buffer.alloc(0))) break;
    if (size > MAX_DOCKERFILE_BYTES) {
      const limit = `${MAX_DOCKERFILE_BYTES / (1024 * 1024)} MiB`;
      throw new TsbuildError('ERR_TSBUILD_TOO_LARGE', `the Dockerfile on standard input is larger than ${limit}`);
    }
  }
  return Buffer.concat(chunks);
}

/** True for a tar archive, compressed or not. */
export function isArchive(bytes: Buffer): boolean {
  const start = bytes.subarray(0, 8).toString('hex');
  const isTar = bytes.subarray(USTAR_OFFSET, USTAR_OFFSET + 5).toString('latin1') === 'ustar';
  return isTar || MAGIC_NUMBERS.some((magic) => start.startsWith(magic));
}
