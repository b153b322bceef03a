import { expect, test } from 'vitest';
import { mapLimit } from './map-limit.ts';

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

test('results keep the order of the items', async () => {
  const waits = [9, 1, 5, 2];
  const results = await mapLimit(waits, { concurrency: 2 }, async (wait) => {
    await pause(wait);
    return wait;
  });
  expect(results).toEqual(waits);
});

test('the first failure aborts the others, and is thrown after they ended', async () => {
  const ended: string[] = [];
  const running = mapLimit(['fails', 'runs', 'never starts'], { concurrency: 2 }, async (item, signal) => {
    if (item === 'fails') throw new Error('first');
    await pause(5);
    ended.push(`${item} ${signal.aborted}`);
  });
  await expect(running).rejects.toThrow('first');
  expect(ended).toEqual(['runs true']);
});

test('an aborted signal is thrown with its reason', async () => {
  const signal = AbortSignal.abort(new Error('reason'));
  await expect(mapLimit([1], { concurrency: 1, signal }, async () => 1)).rejects.toThrow('reason');
});

test('nothing to do is done at once', async () => {
  expect(await mapLimit([], { concurrency: 3 }, async () => 1)).toEqual([]);
});
