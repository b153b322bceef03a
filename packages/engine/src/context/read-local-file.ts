import { closeSync, constants, openSync, readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { fromSystemError, systemErrorCode, TsbuildError, toFsPath } from '@tsbuild/core';

/** A file to read: where it is, what messages call it, and its size when it was looked at. */
export interface LocalFile {
  readonly place: string;
  readonly path: string;
  readonly size: number;
}

/** Files up to this size are read at one go: an asynchronous read costs more than the bytes do. */
export const SMALL_FILE_BYTES = 256 * 1024;
const CHUNK_BYTES = 1024 * 1024;
/** A link or FIFO that took the file's place is not followed and does not block. */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Reads a small file into the start of `buffer`, which has room for a byte more than the largest one has. */
export function readSmallFile({ place, path, size }: LocalFile, buffer: Uint8Array): Uint8Array {
  try {
    const descriptor = openSync(toFsPath(place), FLAGS);
    try {
      const length = readFully(descriptor, buffer, size);
      if (length !== size) throw contextChanged(path);
      return buffer.subarray(0, length);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw readError(error, path);
  }
}

/** One read is enough for nearly every file; it asks for more than there should be, to see a file that grew. */
function readFully(descriptor: number, buffer: Uint8Array, size: number): number {
  let length = readSync(descriptor, buffer, 0, size + 1, null);
  while (length < size) {
    const count = readSync(descriptor, buffer, length, size + 1 - length, null);
    if (count === 0) break;
    length += count;
  }
  return length;
}

/** Streams a file of any size. A piece is valid until the next one is asked for; the next one is read meanwhile. */
export async function* readLargeFile(file: LocalFile): AsyncGenerator<Uint8Array> {
  const { path } = file;
  try {
    await using handle = await open(toFsPath(file.place), FLAGS);
    yield* readAhead(handle, file);
  } catch (error) {
    throw readError(error, path);
  }
}

async function* readAhead(handle: FileHandle, { path, size }: LocalFile): AsyncGenerator<Uint8Array> {
  let [current, next] = [Buffer.allocUnsafeSlow(CHUNK_BYTES), Buffer.allocUnsafeSlow(CHUNK_BYTES)];
  let total = 0;
  let reading = handle.read(current, 0, CHUNK_BYTES, null);
  for (;;) {
    const { bytesRead } = await reading;
    total += bytesRead;
    if (total > size || (bytesRead === 0 && total < size)) throw contextChanged(path);
    if (bytesRead === 0) return;
    reading = handle.read(next, 0, CHUNK_BYTES, null);
    try {
      yield current.subarray(0, bytesRead);
    } finally {
      await reading.catch(() => undefined);
    }
    [current, next] = [next, current];
  }
}

function contextChanged(path: string): TsbuildError {
  return new TsbuildError('ERR_TSBUILD_CONTEXT_CHANGED', `"/${path}" changed while it was read`, {
    hint: 'build again when nothing writes to the build context any more',
  });
}

function readError(error: unknown, path: string): unknown {
  const code = systemErrorCode(error);
  const isOther = code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP' || code === 'EISDIR' || code === 'ENXIO';
  return isOther ? contextChanged(path) : fromSystemError(error, `reading "/${path}" of the build context`);
}
