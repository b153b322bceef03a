import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again and again until the answer is something, and returns it. */
export async function waitFor<T>(what: string, ask: () => Promise<T | undefined>, timeoutMs = 20_000): Promise<T> {
  for (const end = Date.now() + timeoutMs; Date.now() < end; await sleep(25)) {
    const answer = await ask();
    if (answer !== undefined) return answer;
  }
  throw new Error(`${what}: not within ${timeoutMs} ms`);
}
