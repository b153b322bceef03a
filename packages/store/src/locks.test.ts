import { mkdirSync, readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { digestHex, digestOf } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { temporaryStore } from '../test/temporary-store.ts';

test('work on one key is done by one at a time, in this process and between stores', async () => {
  const store = await temporaryStore();
  const stores = [store, store, await temporaryStore(store.root), await temporaryStore(store.root)];
  let running = 0;
  const seen: number[] = [];

  await Promise.all(
    stores.map((each) =>
      each.withLock('key', async () => {
        running += 1;
        seen.push(running);
        await sleep(20);
        running -= 1;
      }),
    ),
  );

  expect(seen).toEqual([1, 1, 1, 1]);
  expect(readdirSync(join(store.root, 'locks'))).toEqual([]);
});

test('different keys do not wait for each other', async () => {
  const store = await temporaryStore();

  const answer = await store.withLock('a', () => store.withLock('b', async () => 'both'));

  expect(answer).toBe('both');
});

test('a lock is free again after its work failed', async () => {
  const store = await temporaryStore();

  await expect(store.withLock('key', () => Promise.reject(new Error('no')))).rejects.toThrow('no');

  expect(await store.withLock('key', async () => 'done')).toBe('done');
});

test.each(['in this process', 'elsewhere'])('waiting for a lock that is held %s can be aborted', async (where) => {
  const store = await temporaryStore();
  const other = where === 'elsewhere' ? await temporaryStore(store.root) : store;
  const controller = new AbortController();

  await store.withLock('key', async () => {
    const waiting = other.withLock('key', async () => 'done', { signal: controller.signal });
    setTimeout(() => controller.abort(new Error('stop')), 30);
    await expect(waiting).rejects.toThrow('stop');
  });

  expect(await other.withLock('key', async () => 'done')).toBe('done');
});

test('the lock of a process that died is taken over', async () => {
  const store = await temporaryStore();
  const lock = join(store.root, 'locks', digestHex(digestOf('user/key')));
  mkdirSync(lock, { recursive: true });
  utimesSync(lock, new Date(), new Date(Date.now() - 5_100));

  expect(await store.withLock('key', async () => 'done', { signal: AbortSignal.timeout(1_000) })).toBe('done');
});
