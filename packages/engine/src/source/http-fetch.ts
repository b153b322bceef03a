import { type Ingest, redactCredentials, SolveError } from '@tsbuild/core';
import type { DownloadLimits } from '../options.ts';
import { downloadFailed, type RequestOptions, request } from './http-request.ts';

export interface FetchOptions extends Omit<RequestOptions, 'signal'> {
  readonly limits: DownloadLimits;
  readonly signal: AbortSignal | undefined;
}

/** Larger downloads are no input of anybody's build. */
const MAX_BYTES = 64 * 1024 ** 3;
const IDLE_TIMEOUT_MS = 60_000;

/**
 * Writes what a URL answers and returns the headers of the answer; undefined when nothing changed since the validators
 * in `headers`. A server that is silent for longer than the limits allow, or sends too much, is an error.
 * @throws {SolveError}
 */
export async function fetchInto(url: string, ingest: Ingest, options: FetchOptions): Promise<Headers | undefined> {
  let headers: Headers | undefined;
  for await (const bytes of fetchStream(url, options, (response) => {
    headers = response.status === 304 ? undefined : response.headers;
  })) {
    await ingest.write(bytes);
  }
  return headers;
}

/** What a URL answers, within the limits; nothing when it answers that nothing changed. @throws {SolveError} */
export async function* fetchStream(
  url: string,
  options: FetchOptions,
  onResponse: (response: Response) => void = () => undefined,
): AsyncGenerator<Uint8Array> {
  const { maxBytes = MAX_BYTES, idleTimeoutMs = IDLE_TIMEOUT_MS } = options.limits;
  using idle = idleTimer(idleTimeoutMs, options.signal);
  try {
    const response = await request(url, { ...options, signal: idle.signal });
    onResponse(response);
    if (response.status === 304) return;
    let size = 0;
    for await (const bytes of response.body ?? []) {
      idle.restart();
      size += bytes.length;
      if (size > maxBytes) throw tooLarge(url, maxBytes);
      yield bytes;
    }
  } catch (error) {
    options.signal?.throwIfAborted();
    if (idle.signal.aborted) throw downloadFailed(url, `the server sent nothing for ${idleTimeoutMs / 1000} s`, error);
    if (error instanceof SolveError) throw error;
    throw isTransferError(error) ? downloadFailed(url, 'the transfer broke off', error) : error;
  }
}

/** `fetch` throws `TypeError` for whatever goes wrong with the connection. */
function isTransferError(error: unknown): boolean {
  return error instanceof TypeError;
}

interface IdleTimer extends Disposable {
  readonly signal: AbortSignal;
  restart(): void;
}

function idleTimer(timeoutMs: number, outer: AbortSignal | undefined): IdleTimer {
  const controller = new AbortController();
  const abort = () => controller.abort(outer?.reason);
  if (outer?.aborted === true) abort();
  outer?.addEventListener('abort', abort);
  const timer = setTimeout(() => controller.abort(), timeoutMs);
  return {
    signal: controller.signal,
    restart: () => timer.refresh(),
    [Symbol.dispose]() {
      clearTimeout(timer);
      outer?.removeEventListener('abort', abort);
    },
  };
}

function tooLarge(url: string, limit: number): SolveError {
  return new SolveError('ERR_TSBUILD_TOO_LARGE', `${redactCredentials(url)} is larger than ${limit} bytes`);
}
