import type { FileHandle } from 'node:fs/promises';
import { type Descriptor, DigestMismatchError, HashTap, SizeMismatchError } from '@tsbuild/core';
import { BUFFER_BYTES } from './buffer-pool.ts';

/** Who is told what became of a check. */
export interface CheckOptions {
  /** The bytes are not those of the digest; told before the error is thrown. */
  readonly onDamage: () => void;
  /** They are; told before the last of them. */
  readonly onGood?: () => void;
  readonly signal: AbortSignal | undefined;
}

/**
 * Streams a file of `target.size` bytes and checks the digest on the way. The last chunk is held back until everything was
 * checked, so whoever saw the end saw the right bytes. Closes the file.
 */
export async function* readVerified(
  file: FileHandle,
  target: Descriptor,
  options: CheckOptions,
): AsyncGenerator<Uint8Array> {
  const { signal } = options;
  const tap = new HashTap();
  let next = readChunk(file, target.size);
  try {
    for (let held = await next; held.byteLength > 0; held = await next) {
      signal?.throwIfAborted();
      next = readChunk(file, target.size - tap.size - held.byteLength);
      tap.update(held);
      if (tap.size === target.size) checkDigest(tap, target, options);
      yield held;
    }
    // A file that is shorter than it was when it was opened, and the empty one.
    if (tap.size < target.size || target.size === 0) checkDigest(tap, target, options);
  } finally {
    await next.catch(() => undefined);
    await file.close();
  }
}

/** Streams a file of `size` bytes whose contents are known to be good. Closes it. */
export async function* readKnown(
  file: FileHandle,
  size: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  let left = size;
  let next = readChunk(file, left);
  try {
    for (let bytes = await next; bytes.byteLength > 0; bytes = await next) {
      signal?.throwIfAborted();
      left -= bytes.byteLength;
      next = readChunk(file, left);
      yield bytes;
    }
    if (left > 0) throw new SizeMismatchError(size, size - left);
  } finally {
    await next.catch(() => undefined);
    await file.close();
  }
}

function checkDigest(tap: HashTap, target: Descriptor, { onDamage, onGood }: CheckOptions): void {
  const digest = tap.digest();
  if (digest === target.digest) {
    onGood?.();
    return;
  }
  onDamage();
  throw new DigestMismatchError(target.digest, digest);
}

/** No bytes at the end of the file, or when none are `left` to read. */
async function readChunk(file: FileHandle, left: number): Promise<Uint8Array> {
  const buffer = Buffer.allocUnsafeSlow(Math.min(left, BUFFER_BYTES));
  if (buffer.byteLength === 0) return buffer;
  const { bytesRead } = await file.read(buffer, 0, buffer.byteLength, null);
  return buffer.subarray(0, bytesRead);
}
