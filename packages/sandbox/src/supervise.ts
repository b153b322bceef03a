import type { ExecRequest, ExecResult } from '@tsbuild/core';
import type { RunOrder } from './protocol.ts';
import type { WorkerProcess } from './worker-process.ts';

/** What a caller says of a command besides what it is. */
export type Supervision = Pick<ExecRequest, 'signal' | 'timeoutMs' | 'onOutput' | 'onStart' | 'stdin'>;

/** Has the worker run a command, and stops it when the signal or the time limit says so. */
export async function supervise(
  worker: WorkerProcess,
  order: RunOrder,
  { signal, timeoutMs, ...talk }: Supervision,
): Promise<Omit<ExecResult, 'layer'>> {
  let isTimeout = false;
  const abandon = () => worker.abandon(order.id);
  const expire = () => {
    isTimeout = true;
    worker.stop(order.id);
  };
  signal?.throwIfAborted();
  const timer = timeoutMs === undefined ? undefined : setTimeout(expire, timeoutMs);
  signal?.addEventListener('abort', abandon);
  try {
    const { exitCode, isOutOfMemory } = await worker.run(order, talk);
    signal?.throwIfAborted();
    if (exitCode === 0) return { exitCode };
    return { exitCode, ...(isTimeout ? { isTimeout } : {}), ...(isOutOfMemory ? { isOutOfMemory } : {}) };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abandon);
  }
}
