import { execFile } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { archive, header, padded, pax } from '../../test/archive.ts';
import { readAll } from '../../test/read-all.ts';
import { tempFolder } from '../../test/temp-folder.ts';

const run = promisify(execFile);

/** 2 MiB with a few bytes at 64 KiB multiples and a hole at the end, as GNU tar packs it. */
async function packSparse(folder: string, args: readonly string[]): Promise<{ tar: Buffer; content: Buffer }> {
  const path = join(folder, 'disk');
  const file = await open(path, 'w');
  for (let index = 0; index < 30; index++) await file.write(`data ${index}`, index * 65_536);
  await file.truncate(2 * 1024 * 1024);
  await file.close();
  await run('tar', ['-C', folder, '--sparse', ...args, '-cf', join(folder, 'sparse.tar'), 'disk']);
  return { tar: await readFile(join(folder, 'sparse.tar')), content: await readFile(path) };
}

test.each([
  ['the old GNU format', ['--format=gnu']],
  ['PAX format 0.0', ['--format=posix', '--sparse-version=0.0']],
  ['PAX format 0.1', ['--format=posix', '--sparse-version=0.1']],
  ['PAX format 1.0', ['--format=posix', '--sparse-version=1.0']],
])('%s expands to the whole file', async (_name, args) => {
  await using folder = await tempFolder();
  const { tar, content } = await packSparse(folder.path, args);

  const [disk] = await readAll(tar, {}, 10_000);

  expect(tar.length).toBeLessThan(content.length);
  expect(disk?.entry).toMatchObject({ path: 'disk', type: 'file', size: 2 * 1024 * 1024 });
  expect(Buffer.from(disk?.content ?? '', 'latin1').equals(content)).toBe(true);
});

function mapped(map: string, realSize: number, content: string): Buffer {
  const records = { 'GNU.sparse.map': map, 'GNU.sparse.size': String(realSize), 'GNU.sparse.name': 'disk' };
  return archive(pax(records), Buffer.concat([header({ name: 'x', size: content.length }), padded(content)]));
}

test('a file may be all hole', async () => {
  const [disk] = await readAll(mapped('', 3, ''));

  expect(disk).toMatchObject({ entry: { path: 'disk', size: 3 }, content: '\0\0\0' });
});

test.each([
  ['stretches that overlap', '0,2,1,2', 10, 'abcd'],
  ['a stretch beyond the end', '9,2', 10, 'ab'],
  ['more than is stored', '0,5', 10, 'ab'],
  ['less than is stored', '0,1', 10, 'ab'],
  ['half a pair', '0,2,4', 10, 'ab'],
  ['negative numbers', '-1,2', 10, 'ab'],
  ['no numbers', 'a,b', 10, 'ab'],
])('a map with %s is refused', async (_what, map, realSize, content) => {
  await expect(readAll(mapped(map, realSize, content))).rejects.toThrow('the map of a sparse file is malformed');
});

test('holes beyond the limit are refused before any of them is filled', async () => {
  const bomb = mapped('0,1', 1e15, 'a');

  await expect(readAll(bomb)).rejects.toThrow('sparse files expand to more than 17179869184 bytes of zeros');
  await expect(readAll(mapped('0,1', 11, 'a'), { maxHoleBytes: 9 })).rejects.toThrow('more than 9 bytes of zeros');
});
