import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type ByteStream, systemErrorCode } from '@tsbuild/core';
import type { Compression } from './detect.ts';
import { damagedData } from './errors.ts';

/** Pipes a stream through one of zlib's. Errors of the source pass unchanged; leaving early ends the source. */
export async function* throughTransform(
  source: ByteStream,
  transform: Transform,
  compression: Compression,
): AsyncGenerator<Uint8Array> {
  const fed = pipeline(source, transform);
  // The transform reports the same error to the loop below.
  fed.catch(() => undefined);
  try {
    for await (const bytes of transform) yield bytes;
    await fed;
  } catch (error) {
    const isZlib = /^(Z|ERR_ZLIB)_/.test(systemErrorCode(error) ?? '');
    throw isZlib ? damagedData(compression, error) : error;
  } finally {
    transform.destroy();
  }
}
