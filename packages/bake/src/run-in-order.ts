/**
 * Runs tasks side by side, each when all that it needs has finished. The first failure aborts the others, and is thrown
 * when they have ended.
 * @param needs the tasks that each one needs; they are listed before it
 */
export async function runInOrder<Result>(
  needs: ReadonlyMap<string, readonly string[]>,
  run: (name: string, finished: ReadonlyMap<string, Result>, signal: AbortSignal) => Promise<Result>,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, Result>> {
  const cancel = new AbortController();
  const all = signal === undefined ? cancel.signal : AbortSignal.any([signal, cancel.signal]);
  const finished = new Map<string, Result>();
  const running = new Map<string, Promise<void>>();
  async function start(name: string, needed: readonly string[]): Promise<void> {
    await Promise.all(needed.map((other) => running.get(other)));
    all.throwIfAborted();
    finished.set(name, await run(name, finished, all));
  }
  for (const [name, needed] of needs) {
    const task = start(name, needed);
    task.catch((error: unknown) => cancel.abort(error));
    running.set(name, task);
  }
  await Promise.allSettled(running.values());
  // What was aborted first says why.
  if (cancel.signal.aborted) throw signal?.aborted === true ? signal.reason : cancel.signal.reason;
  return new Map(
    [...needs.keys()].flatMap((name) => {
      const result = finished.get(name);
      return result === undefined ? [] : [[name, result]];
    }),
  );
}
