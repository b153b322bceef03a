import type { FileHandle } from 'node:fs/promises';
import { type Descriptor, DigestMismatchError, HashTap, SizeMismatchError } from '@tsbuild/core';

const CHUNK_BYTES = 256 * 1024;

/**
 * Streams a file and checks size and digest on the way. The last chunk is held back until everything was checked, so whoever saw
 * the end saw the right bytes. `onDamage` is told before the error is thrown. Closes the file.
 */
export async function* readVerified(
  file: FileHandle,
  target: Descriptor,
  onDamage: () => void,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const tap = new HashTap();
  let next = readChunk(file);
  try {
    let held = await next;
    while (held.byteLength > 0) {
      signal?.throwIfAborted();
      next = readChunk(file);
      tap.update(held);
      const following = await next;
      if (following.byteLength === 0) check(tap, target, onDamage);
      yield held;
      held = following;
    }
    if (tap.size === 0) check(tap, target, onDamage);
  } finally {
    await next.catch(() => undefined);
    await file.close();
  }
}

function check(tap: HashTap, target: Descriptor, onDamage: () => void): void {
  const digest = tap.digest();
  if (tap.size === target.size && digest === target.digest) return;
  onDamage();
  throw tap.size === target.size
    ? new DigestMismatchError(target.digest, digest)
    : new SizeMismatchError(target.size, tap.size);
}

async function readChunk(file: FileHandle): Promise<Uint8Array> {
  const buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, null);
  return buffer.subarray(0, bytesRead);
}
