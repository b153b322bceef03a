import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type BlockJob, type BlockResult, runBlockJob } from './block-job.ts';
import type { WorkerAnswer } from './compress-worker.ts';

/** More threads than this cost more memory than they save time. */
const MAX_WORKERS = 8;
const IDLE_MILLISECONDS = 2_000;

/** How many blocks are worth having on their way at the same time. */
export const MAX_JOBS_IN_FLIGHT = 2 * Math.min(availableParallelism(), MAX_WORKERS);

interface QueuedJob {
  readonly job: BlockJob;
  resolve(result: BlockResult): void;
  reject(error: unknown): void;
}

interface PoolWorker {
  readonly thread: Worker;
  current: QueuedJob | undefined;
}

/**
 * Threads that compress blocks for the whole process, started when there is work and ended when there has been none for
 * a while. Without work they do not keep the process alive.
 */
class WorkerPool {
  readonly #workers = new Set<PoolWorker>();
  readonly #queue: QueuedJob[] = [];
  #idleTimer: NodeJS.Timeout | undefined;

  run(job: BlockJob): Promise<BlockResult> {
    clearTimeout(this.#idleTimer);
    return new Promise((resolve, reject) => {
      this.#queue.push({ job, resolve, reject });
      this.#dispatch();
    });
  }

  #dispatch(): void {
    for (const worker of this.#workers) if (worker.current === undefined) this.#assign(worker);
    const room = Math.min(availableParallelism(), MAX_WORKERS) - this.#workers.size;
    for (let count = Math.min(room, this.#queue.length); count > 0; count--) this.#assign(this.#start());
    if (this.#isIdle()) this.#stopLater();
  }

  #isIdle(): boolean {
    return [...this.#workers].every(({ current }) => current === undefined);
  }

  #stopLater(): void {
    clearTimeout(this.#idleTimer);
    this.#idleTimer = setTimeout(() => this.#stop(), IDLE_MILLISECONDS).unref();
  }

  #assign(worker: PoolWorker): void {
    const next = this.#queue.shift();
    if (next === undefined) return;
    worker.current = next;
    // Only a thread with work keeps the process alive, as any pending operation does.
    worker.thread.ref();
    worker.thread.postMessage(next.job, [next.job.buffer]);
  }

  #start(): PoolWorker {
    const worker: PoolWorker = {
      thread: new Worker(new URL('./compress-worker.js', import.meta.url)),
      current: undefined,
    };
    this.#workers.add(worker);
    worker.thread.unref();
    worker.thread.on('message', (answer: WorkerAnswer) => this.#onAnswer(worker, answer));
    worker.thread.on('error', (error) => this.#onFailure(worker, error));
    return worker;
  }

  #onAnswer(worker: PoolWorker, answer: WorkerAnswer): void {
    const { current } = worker;
    worker.current = undefined;
    worker.thread.unref();
    if ('error' in answer) current?.reject(answer.error);
    else current?.resolve(answer);
    this.#dispatch();
  }

  #onFailure(worker: PoolWorker, error: unknown): void {
    this.#workers.delete(worker);
    worker.current?.reject(error);
    this.#dispatch();
  }

  #stop(): void {
    for (const { thread } of this.#workers) void thread.terminate();
    this.#workers.clear();
  }
}

let pool: WorkerPool | undefined;

/**
 * Compresses a block in another thread. The job's buffer is gone until the result brings it back. A program that was
 * bundled without the worker's file does the work in the caller's thread.
 */
export function runInWorker(job: BlockJob): Promise<BlockResult> {
  if (!hasWorkerFile()) return runBlockJob(job);
  pool ??= new WorkerPool();
  return pool.run(job);
}

let isWorkerFilePresent: boolean | undefined;

function hasWorkerFile(): boolean {
  isWorkerFilePresent ??= existsSync(new URL('./compress-worker.js', import.meta.url));
  return isWorkerFilePresent;
}
