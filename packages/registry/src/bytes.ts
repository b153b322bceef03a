import { type ByteStream, ContentError } from '@tsbuild/core';

/** Reads a stream into memory, at most `limit` bytes of it. @throws {ContentError} ERR_TSBUILD_TOO_LARGE */
export async function readAll(stream: ByteStream, limit: number, what: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const bytes of stream) {
    size += bytes.byteLength;
    if (size > limit) {
      throw new ContentError('ERR_TSBUILD_TOO_LARGE', `${what} is larger than the limit of ${limit} bytes`);
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks, size);
}
