import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LowerFolders } from './lower-folders.ts';
import { LowerView } from './lower-view.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lower-folders-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function snapshots(...files: readonly string[]): Promise<string[]> {
  const paths = files.map((_, at) => join(folder, String(at)));
  for (const [at, file] of files.entries()) {
    await mkdir(join(folder, String(at), 'd'), { recursive: true });
    await writeFile(join(folder, String(at), file), '');
  }
  return paths;
}

test('what layers have is found however often it was asked for what they lack', async () => {
  const lowers = await snapshots('a', 'd/b', 'c');
  const folders = new LowerFolders('trusted');

  const seen = Array.from({ length: 6 }, (_, round) => {
    const view = LowerView.open(lowers, folders);
    const names = ['a', 'c', 'd', `missing${round}`].filter((name) => view.lookup(name) !== undefined);
    return [...names, ...['b', 'a'].filter((name) => view.lookup('d')?.view.lookup(name) !== undefined)].join(' ');
  });

  expect(new Set(seen)).toEqual(new Set(['a c d b']));
});

test('a folder that lacks what it is asked for is listed once, and is not looked into again', async () => {
  const [lower = ''] = await snapshots('a');
  const folders = new LowerFolders('trusted');
  const isLookedInto = () => ['a', 'missing'].map((name) => folders.mayHave(lower, name));

  const before = isLookedInto();
  for (const _ of [1, 2, 3]) folders.lacks(lower);

  expect([before, isLookedInto()]).toEqual([
    [true, true],
    [true, false],
  ]);
});

test('a long folder is asked for each name', async () => {
  const [lower = ''] = await snapshots('a');
  for (let at = 0; at < 2_000; at++) await writeFile(join(lower, `n${at}`), '');
  const folders = new LowerFolders('trusted');

  for (const _ of [1, 2, 3]) folders.lacks(lower);

  expect(folders.mayHave(lower, 'missing')).toBe(true);
});
