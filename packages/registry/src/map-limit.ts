import type { CallOptions } from '@tsbuild/core';

export interface MapLimitOptions extends CallOptions {
  readonly concurrency: number;
}

/** Calls `fn` on every item, at most `concurrency` at once. Results keep order; the first failure aborts and awaits the rest. */
export async function mapLimit<Item, Result>(
  items: readonly Item[],
  { concurrency, signal }: MapLimitOptions,
  fn: (item: Item, signal: AbortSignal) => Promise<Result>,
): Promise<Result[]> {
  const failure = new AbortController();
  const either = signal === undefined ? failure.signal : AbortSignal.any([signal, failure.signal]);
  const results = new Array<Result>(items.length);
  const queue = items.entries();

  const work = async (): Promise<void> => {
    for (const [index, item] of queue) {
      either.throwIfAborted();
      results[index] = await fn(item, either);
    }
  };
  const abortOthers = (error: unknown): never => {
    failure.abort(error);
    throw error;
  };
  const workers = Array.from({ length: Math.min(concurrency, items.length) }, () => work().catch(abortOthers));
  await Promise.allSettled(workers);
  signal?.throwIfAborted();
  if (failure.signal.aborted) throw failure.signal.reason;
  return results;
}
