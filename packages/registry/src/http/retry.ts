import { setTimeout as sleep } from 'node:timers/promises';
import { RegistryError } from '@tsbuild/core';
import type { RetryOptions } from '../options.ts';
import { type HttpResponse, headerOf } from './message.ts';

/** Answers after which the same request may succeed. */
const TEMPORARY_STATUS: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

export type RetrySettings = Required<RetryOptions>;

export function isTemporaryStatus(status: number): boolean {
  return TEMPORARY_STATUS.has(status);
}

/**
 * Calls `send` until it gives an answer that is not temporary, or the tries are used up: then the last answer is
 * returned or the last error thrown. For requests that do no harm when they arrive twice.
 */
export async function withRetries(
  settings: RetrySettings,
  signal: AbortSignal | undefined,
  send: (attempt: number) => Promise<HttpResponse>,
): Promise<HttpResponse> {
  for (let attempt = 1; ; attempt++) {
    const isLast = attempt >= settings.attempts;
    let retryAfter: number | undefined;
    try {
      const response = await send(attempt);
      if (isLast || !isTemporaryStatus(response.status)) return response;
      retryAfter = retryAfterOf(response, Date.now());
      if (retryAfter !== undefined && retryAfter > settings.maxDelay) return response;
      await response.discard();
    } catch (error) {
      if (isLast || !(error instanceof RegistryError && error.isTemporary)) throw error;
    }
    await wait(retryAfter ?? backOff(attempt, settings), signal);
  }
}

/** Milliseconds before the try after `attempt`: doubled each time, and spread so that clients do not come back together. */
export function backOff(attempt: number, { baseDelay, maxDelay }: RetrySettings): number {
  return Math.min(maxDelay, baseDelay * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2);
}

export async function wait(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(milliseconds, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    throw signal?.aborted === true ? signal.reason : error;
  }
}

/** Milliseconds that the answer asks to wait, given as seconds or as a date. */
export function retryAfterOf(response: Pick<HttpResponse, 'headers'>, now: number): number | undefined {
  const text = headerOf(response, 'retry-after')?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : Math.max(0, time - now);
}
