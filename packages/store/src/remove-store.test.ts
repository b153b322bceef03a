import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { temporaryRoot } from '../test/temporary-store.ts';
import { openStore, removeStore } from './index.ts';

test('a removed store is gone', async () => {
  const root = await temporaryRoot();
  {
    await using store = await openStore({ root });
    await store.records.put(digestOf('key'), {});
    mkdirSync(join(store.directory('mounts'), 'npm'));
  }

  await removeStore({ root });

  expect(existsSync(root)).toBe(false);
  await expect(removeStore({ root })).resolves.toBeUndefined();
});

test('a store that is open is not removed', async () => {
  const root = await temporaryRoot();
  await using store = await openStore({ root });

  await expect(removeStore({ root })).rejects.toMatchObject({
    code: 'ERR_TSBUILD_STORE',
    message: `"${store.root}" is in use`,
  });
});

test('a folder that is no store is not removed', async () => {
  const root = await temporaryRoot();
  mkdirSync(root);
  writeFileSync(join(root, 'thesis.tex'), '');

  await expect(removeStore({ root })).rejects.toMatchObject({ message: `"${root}" is not a tsbuild store` });

  expect(readdirSync(root)).toEqual(['thesis.tex']);
});
