import type { FileHandle } from 'node:fs/promises';
import { type Descriptor, DigestMismatchError, HashTap } from '@tsbuild/core';
import { BUFFER_BYTES } from './buffer-pool.ts';

/**
 * Streams a file of `target.size` bytes and checks the digest on the way. The last chunk is held back until everything was
 * checked, so whoever saw the end saw the right bytes. `onDamage` is told before the error is thrown. Closes the file.
 */
export async function* readVerified(
  file: FileHandle,
  target: Descriptor,
  onDamage: () => void,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const tap = new HashTap();
  let next = readChunk(file, target.size);
  try {
    for (let held = await next; held.byteLength > 0; held = await next) {
      signal?.throwIfAborted();
      next = readChunk(file, target.size - tap.size - held.byteLength);
      tap.update(held);
      if (tap.size === target.size) checkDigest(tap, target, onDamage);
      yield held;
    }
    // A file that is shorter than it was when it was opened, and the empty one.
    if (tap.size < target.size || target.size === 0) checkDigest(tap, target, onDamage);
  } finally {
    await next.catch(() => undefined);
    await file.close();
  }
}

function checkDigest(tap: HashTap, target: Descriptor, onDamage: () => void): void {
  const digest = tap.digest();
  if (digest === target.digest) return;
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
