import { createHash, hash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { type Digest, digestFromHex } from '@tsbuild/core';
import type { ReadOptions } from './context-types.ts';
import { type LocalFile, readLargeFile, readSmallFile, SMALL_FILE_BYTES } from './read-local-file.ts';

/** Files are hashed for this long before other work of the process gets its turn. */
const TURN_MILLISECONDS = 20;

/** Tells the digests of files, one after the other: reading and hashing small files synchronously is the fastest. */
/** `smallBytes` are those of a small file, valid during the call. */
type OnDigest = (file: LocalFile, digest: Digest, smallBytes?: Uint8Array) => void;

export async function hashFiles(
  files: Iterable<LocalFile>,
  { signal }: ReadOptions,
  onDigest: OnDigest,
): Promise<void> {
  const buffer = Buffer.allocUnsafeSlow(SMALL_FILE_BYTES + 1);
  let turnEnds = Date.now() + TURN_MILLISECONDS;
  for (const file of files) {
    if (Date.now() > turnEnds) {
      await setImmediate();
      signal?.throwIfAborted();
      turnEnds = Date.now() + TURN_MILLISECONDS;
    }
    if (file.size > SMALL_FILE_BYTES) onDigest(file, await hashLargeFile(file, signal));
    else hashSmallFile(file, buffer, onDigest);
  }
}

function hashSmallFile(file: LocalFile, buffer: Buffer, onDigest: OnDigest): void {
  const bytes = readSmallFile(file, buffer);
  onDigest(file, digestFromHex(hash('sha256', bytes, 'hex')), bytes);
}

async function hashLargeFile(file: LocalFile, signal: AbortSignal | undefined): Promise<Digest> {
  const hashing = createHash('sha256');
  for await (const bytes of readLargeFile(file)) {
    signal?.throwIfAborted();
    hashing.update(bytes);
  }
  return digestFromHex(hashing.digest('hex'));
}
