import { type ByteStream, TsbuildError } from '@tsbuild/core';

/** A source that brings less than this many bytes a second, after its time to begin, is not waited for. */
const LEAST_BYTES_A_SECOND = 64 * 1024;

/** Ends a wait that takes too long; what is thrown then says so. */
export async function within<T>(
  milliseconds: number,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(tooSlow(milliseconds)), milliseconds);
  const either = signal === undefined ? limit.signal : AbortSignal.any([signal, limit.signal]);
  try {
    return await Promise.race([work(either), aborted(either)]);
  } catch (error) {
    signal?.throwIfAborted();
    throw limit.signal.aborted ? limit.signal.reason : error;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * A stream that has to begin within the time given, and to go on at a modest speed. The time that its reader takes does not count.
 */
export async function* patient(
  milliseconds: number,
  signal: AbortSignal | undefined,
  open: (signal: AbortSignal) => Promise<ByteStream>,
): AsyncGenerator<Uint8Array> {
  const stop = new AbortController();
  const either = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  let left = milliseconds;
  const waiting = async <T>(work: () => Promise<T>): Promise<T> => {
    const since = Date.now();
    const result = await within(Math.max(left, 1), signal, work);
    left -= Date.now() - since;
    return result;
  };
  let chunks: AsyncIterator<Uint8Array> | undefined;
  try {
    chunks = (await waiting(() => open(either)))[Symbol.asyncIterator]();
    for (const stream = chunks; ; ) {
      const { done, value } = await waiting(() => stream.next());
      if (done === true) return;
      left = Math.min(milliseconds, left + (value.byteLength * 1000) / LEAST_BYTES_A_SECOND);
      yield value;
    }
  } finally {
    stop.abort();
    // A stream that hangs is not waited for here either.
    chunks?.return?.().catch(() => undefined);
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

function tooSlow(milliseconds: number): TsbuildError {
  return new TsbuildError('ERR_TSBUILD_CACHE', `no answer within ${milliseconds / 1000} s`);
}
