import type { ByteStream } from '@tsbuild/core';
import { tarHeader } from '../export/tar-file.ts';

/** A file of an archive. */
export interface TarPart {
  readonly name: string;
  /** Exactly the bytes that `open` gives. */
  readonly size: number;
  open(signal: AbortSignal | undefined): Promise<ByteStream>;
}

const BLOCK = 512;

/** A tar of plain files with fixed owner, mode and time, as it streams. Each part is opened when it is due. */
export async function* tarBytes(
  parts: AsyncIterable<TarPart>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  for await (const { name, size, open } of parts) {
    signal?.throwIfAborted();
    yield tarHeader(name, size);
    yield* await open(signal);
    const beyond = size % BLOCK;
    if (beyond > 0) yield Buffer.alloc(BLOCK - beyond);
  }
  yield Buffer.alloc(2 * BLOCK);
}
