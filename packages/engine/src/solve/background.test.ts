import { expect, test } from 'vitest';
import { createBackground } from './background.ts';

test('a result is there while the work for it goes on', async () => {
  const background = createBackground();
  const done: string[] = [];
  let goOn = () => {};
  const result = await background.early<string>(async (settle) => {
    settle('result');
    await new Promise<void>((resolve) => {
      goOn = resolve;
    });
    done.push('rest');
  });

  done.push(result);
  goOn();
  await background.ended();

  expect(done).toEqual(['result', 'rest']);
});

test('what fails before the result is the failure of who waits for it, and of nobody else', async () => {
  const background = createBackground();

  await expect(background.early(() => Promise.reject(new Error('before')))).rejects.toThrow('before');

  await background.ended();
});

test('what fails after the result is told at the end', async () => {
  const background = createBackground();
  const result = await background.early<number>(async (settle) => {
    settle(1);
    throw new Error('after');
  });

  expect(result).toBe(1);
  await expect(background.ended()).rejects.toThrow('after');
});
