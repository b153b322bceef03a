import { LayerError } from '@tsbuild/core';
import type { Compression } from './detect.ts';

/** Compressed data that cannot be read. */
export function damagedData(compression: Compression, cause: unknown): LayerError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new LayerError('ERR_TSBUILD_COMPRESSION', `damaged ${compression} data: ${reason}`, { cause });
}
