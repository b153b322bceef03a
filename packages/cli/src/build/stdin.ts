import { addAbortSignal, type Readable } from 'node:stream';
import { TsbuildError } from '@tsbuild/core';
import { isArchive } from './is-archive.ts';

/** What standard input turned out to be. */
export type StandardInput =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'archive'; readonly bytes: AsyncIterable<Uint8Array> };

const MAX_DOCKERFILE_BYTES = 16 * 1024 * 1024;
const TAR_HEADER_BYTES = 512;

/**
 * Reads a Dockerfile whole, or the beginning of an archive, of which the rest is read when it is needed.
 * @throws {TsbuildError} ERR_TSBUILD_TOO_LARGE
 */
export async function openStdin(stdin: Readable, signal: AbortSignal): Promise<StandardInput> {
  const chunks: AsyncIterator<Buffer | string> = addAbortSignal(signal, stdin)[Symbol.asyncIterator]();
  const start = await readUntil(chunks, TAR_HEADER_BYTES);
  if (isArchive(start)) return { kind: 'archive', bytes: resume(start, chunks) };
  const rest = await readUntil(chunks, MAX_DOCKERFILE_BYTES);
  if (rest.length < MAX_DOCKERFILE_BYTES) return { kind: 'text', text: Buffer.concat([start, rest]).toString('utf8') };
  const limit = `${MAX_DOCKERFILE_BYTES / (1024 * 1024)} MiB`;
  throw new TsbuildError('ERR_TSBUILD_TOO_LARGE', `the Dockerfile on standard input is larger than ${limit}`);
}

/** At least `wanted` bytes, unless there are no more. */
async function readUntil(chunks: AsyncIterator<Buffer | string>, wanted: number): Promise<Buffer> {
  const read: Buffer[] = [];
  for (let size = 0; size < wanted; ) {
    const { done, value } = await chunks.next();
    if (done === true) break;
    read.push(Buffer.from(value));
    size += read.at(-1)?.length ?? 0;
  }
  return Buffer.concat(read);
}

async function* resume(start: Buffer, chunks: AsyncIterator<Buffer | string>): AsyncGenerator<Uint8Array> {
  yield start;
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield Buffer.from(next.value);
}
