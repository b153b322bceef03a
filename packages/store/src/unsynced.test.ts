import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { temporaryRoot } from '../test/temporary-store.ts';
import { Unsynced } from './unsynced.ts';

async function openUnsynced() {
  const root = await temporaryRoot();
  await mkdir(root);
  const unsynced = new Unsynced(root);
  async function write(name: string): Promise<void> {
    await writeFile(join(root, name), name);
    unsynced.add(join(root, name));
  }
  return { root, unsynced, write };
}

test('a flush writes through what was made, and every folder that names it', async () => {
  const { root, unsynced, write } = await openUnsynced();
  await write('one');
  await write('two');
  expect(unsynced.size).toBe(3);
  unsynced.delete(join(root, 'two'));
  await unsynced.flush();
  expect(unsynced.size).toBe(0);
});

test('of much that is written little is left for the flush', async () => {
  const { unsynced, write } = await openUnsynced();
  for (let at = 0; at < 200; at++) await write(`f${at}`);
  while (unsynced.size > 64) await sleep(5);
  await unsynced.flush();
  expect(unsynced.size).toBe(0);
});

test('what failed ahead of a flush is told by it, and tried again by the next', async () => {
  const { root, unsynced, write } = await openUnsynced();
  const path = join(root, 'loop');
  await symlink('loop', path);
  unsynced.add(path);
  for (let at = 0; at < 100; at++) await write(`f${at}`);
  await expect(unsynced.flush()).rejects.toThrow('ELOOP');
  await expect(unsynced.flush()).rejects.toThrow('ELOOP');
  await rm(path);
  await unsynced.flush();
  expect(unsynced.size).toBe(0);
});
