import { appendFileSync, copyFileSync, lstatSync, renameSync, utimesSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createBuilder } from '../builder.ts';

let folder: string;
let dest: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'output-'));
  dest = join(folder, 'out.tar');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** What the file at `dest` is once it was exported: any writing, replacing or touching makes it another. */
async function exported(type: 'oci' | 'docker' | 'tar', { text = 'alpha', tags = ['app'] } = {}): Promise<string> {
  await using builder = await createBuilder({ root: join(folder, 'store') });
  const dockerfile = 'FROM scratch\nCOPY a /\n';
  await builder.build({ context: { files: { a: text } }, dockerfile, tags, outputs: [{ type, dest }] });
  const { ino, size, mtimeNs, ctimeNs } = lstatSync(dest, { bigint: true });
  return [ino, size, mtimeNs, ctimeNs].join(' ');
}

describe.each(['oci', 'docker', 'tar'] as const)('an output of type %s', (type) => {
  test('is not written again when it is what it would be', async () => {
    const first = await exported(type);
    expect(await exported(type)).toBe(first);
    expect(await exported(type)).toBe(first);
  });

  test('is written again when another was there in between', async () => {
    const first = await exported(type);
    const bytes = await readFile(dest);
    await exported(type, { text: 'beta!' });
    expect((await readFile(dest)).equals(bytes)).toBe(false);

    expect(await exported(type)).not.toBe(first);
    expect((await readFile(dest)).equals(bytes)).toBe(true);
  });

  test.each<[string, () => void]>([
    ['written to', () => appendFileSync(dest, 'more')],
    ['touched', () => utimesSync(dest, 1, 1)],
    ['replaced', () => replaceByCopy()],
    ['removed', () => renameSync(dest, `${dest}.gone`)],
  ])('is written again after it was %s', async (_, change) => {
    const first = await exported(type);
    const bytes = await readFile(dest);
    change();

    expect(await exported(type)).not.toBe(first);
    expect((await readFile(dest)).equals(bytes)).toBe(true);
  });
});

function replaceByCopy(): void {
  const { atime, mtime } = lstatSync(dest);
  copyFileSync(dest, `${dest}.copy`);
  utimesSync(`${dest}.copy`, atime, mtime);
  renameSync(`${dest}.copy`, dest);
}

test('an archive with another name in it is written again', async () => {
  const first = await exported('oci');
  expect(await exported('oci', { tags: ['other'] })).not.toBe(first);
});

test('an archive has the time at which its writing began', async () => {
  const before = Date.now();
  await exported('oci');
  const { mtimeMs } = lstatSync(dest);
  expect(mtimeMs).toBeGreaterThan(before - 2);
  expect(mtimeMs).toBeLessThanOrEqual(Date.now());
});
