import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readImageNames } from './image-names.ts';
import { openStore } from './store.ts';

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'tsbuild-image-names-'));
});
afterAll(() => rm(root, { recursive: true }));

test('names are read without opening the store, and damage is no name', async () => {
  const path = join(root, 'store');
  await using store = await openStore({ root: path });
  await using ingest = await store.blobs.ingest();
  await ingest.write(Buffer.from('{}'));
  const target = { mediaType: 'application/json', ...(await ingest.commit()) };
  for (const name of ['web:2', `registry.example/team/app@${target.digest}`, 'web:1']) {
    await store.references.tag(target, name);
  }
  const [file = ''] = await readdir(join(path, 'refs'));
  await utimes(join(path, 'refs', file), 1, 1);

  expect(readImageNames(path)).toEqual([
    'docker.io/library/web:1',
    'docker.io/library/web:2',
    `registry.example/team/app@${target.digest}`,
  ]);
  expect((await stat(join(path, 'refs', file))).mtimeMs).toBe(1000);

  for (const name of await readdir(join(path, 'refs'))) await writeFile(join(path, 'refs', name), 'damaged');
  expect(readImageNames(path)).toEqual([]);
});

test('a store that is not there has no names, and is not made', () => {
  expect(readImageNames(join(root, 'nothing'))).toEqual([]);
  expect(existsSync(join(root, 'nothing'))).toBe(false);
});
