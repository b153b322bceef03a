import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again and again until the answer is something, and returns it. An error is no answer; the last one is the cause. */
export async function waitFor<T>(what: string, ask: () => Promise<T | undefined>, timeoutMs = 60_000): Promise<T> {
  let cause: unknown;
  for (const end = Date.now() + timeoutMs; Date.now() < end; await sleep(25)) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
    } catch (error) {
      cause = error;
    }
  }
  throw new Error(`${what}: not within ${timeoutMs} ms`, { cause });
}
