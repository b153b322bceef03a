import { lstat, mkdtemp, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { removeFile, touchFile, writeFiles } from './fixture-files.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tsbuild-test-'));
});

afterEach(() => rm(folder, { recursive: true }));

test('files get their content, mode and parents', async () => {
  await writeFiles(folder, {
    'bin/run.sh': { content: '#!/bin/sh\n', mode: 0o755 },
    'a/b/c': 'text',
    raw: Uint8Array.of(0, 255),
  });

  expect(await readFile(join(folder, 'bin/run.sh'), 'utf8')).toBe('#!/bin/sh\n');
  expect((await lstat(join(folder, 'bin/run.sh'))).mode & 0o7777).toBe(0o755);
  expect((await lstat(join(folder, 'a/b/c'))).mode & 0o7777).toBe(0o644);
  expect(await readFile(join(folder, 'raw'))).toEqual(Buffer.of(0, 255));
});

test('links and folders are made as they are, and links are replaced', async () => {
  await writeFiles(folder, { link: { symlink: 'one' }, empty: { directory: true, mode: 0o700 } });
  await writeFiles(folder, { link: { symlink: '../two' } });

  expect(await readlink(join(folder, 'link'))).toBe('../two');
  expect((await lstat(join(folder, 'empty'))).mode & 0o7777).toBe(0o700);
});

test('touching sets the time and keeps the content', async () => {
  await writeFiles(folder, { a: 'text' });
  await touchFile(folder, 'a', new Date('2001-02-03T04:05:06Z'));

  expect((await lstat(join(folder, 'a'))).mtime.toISOString()).toBe('2001-02-03T04:05:06.000Z');
  expect(await readFile(join(folder, 'a'), 'utf8')).toBe('text');
});

test('a path that leads out of the folder is refused', async () => {
  await expect(writeFiles(folder, { '../a': '' })).rejects.toThrow('"../a" is not a path inside the build context');
  await expect(removeFile(folder, '.')).rejects.toThrow('"." is not a path inside the build context');
});
