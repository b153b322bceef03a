import { parentPort } from 'node:worker_threads';
import { type BlockJob, runBlockJob } from './block-job.ts';

/** What a worker answers to a job: its result, or why there is none. */
export type WorkerAnswer = Awaited<ReturnType<typeof runBlockJob>> | { readonly error: unknown };

/** Does one job after the other; buffers move between the threads without being copied. */
parentPort?.on('message', async (job: BlockJob) => {
  try {
    const result = await runBlockJob(job);
    parentPort?.postMessage(result, [result.output.buffer, result.buffer]);
  } catch (error) {
    parentPort?.postMessage({ error });
  }
});
