import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { createBacklog } from './backlog.ts';

test('a reader that keeps up is not waited for, a slow one is, and one that goes ends the wait', async () => {
  const stream = new PassThrough({ highWaterMark: 4 });
  const backlog = createBacklog(stream);
  stream.write('123');
  expect(backlog.cleared()).toBe(undefined);

  for (const end of [() => stream.read(), () => stream.destroy()]) {
    stream.write('12345');
    let isCleared = false;
    const cleared = [backlog.cleared(), backlog.cleared()].map((each) => each?.then(() => (isCleared = true)));
    await new Promise((resolve) => setImmediate(resolve));
    expect(isCleared).toBe(false);
    end();
    await Promise.all(cleared);
    expect(isCleared).toBe(true);
  }
  expect(backlog.cleared()).toBe(undefined);
  expect(stream.listenerCount('drain')).toBe(0);
});
