import { createReadStream } from 'node:fs';
import { fromSystemError, systemErrorCode, TsbuildError } from '@tsbuild/core';
import type { DownloadLimits } from '../options.ts';

export interface ArchiveStreamOptions {
  readonly limits: DownloadLimits;
  readonly signal: AbortSignal | undefined;
}

/** The bytes of an archive: a file's, or what an http(s) URL answers. */
export async function* archiveStream(
  source: string,
  { limits, signal }: ArchiveStreamOptions,
): AsyncGenerator<Uint8Array> {
  if (/^https?:\/\//i.test(source)) {
    const { fetchStream } = await import('../source/http-fetch.ts');
    yield* fetchStream(source, { headers: {}, authorization: () => undefined, limits, signal });
    return;
  }
  try {
    yield* createReadStream(source, { highWaterMark: 512 * 1024, ...(signal === undefined ? {} : { signal }) });
  } catch (error) {
    throw readFailed(source, error);
  }
}

function readFailed(path: string, cause: unknown): unknown {
  const code = systemErrorCode(cause);
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') {
    const problem = code === 'EISDIR' ? 'is a folder' : 'does not exist';
    return new TsbuildError('ERR_TSBUILD_NOT_FOUND', `archive ${JSON.stringify(path)} ${problem}`, { cause });
  }
  return fromSystemError(cause, `reading ${path}`);
}
