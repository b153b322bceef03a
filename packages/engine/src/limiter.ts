import pLimit from 'p-limit';

/** Runs tasks in the order in which they were asked for, at most `concurrency` at once. */
export function createLimiter(concurrency: number): <T>(work: () => Promise<T>) => Promise<T> {
  const limit = pLimit(Math.max(1, concurrency));
  return (work) => limit(work);
}
