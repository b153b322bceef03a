import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createBuilder } from '../builder.ts';
import type { OutputOptions } from '../options.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'archive-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function build(store: string, output: OutputOptions) {
  await using builder = await createBuilder({ root: join(folder, store) });
  return builder.build({
    context: { files: { a: 'alpha '.repeat(100_000), b: 'beta' } },
    dockerfile: 'FROM scratch\nCOPY a /\nCOPY b /\n',
    sourceDateEpoch: 0,
    outputs: [output],
  });
}

function tar(...args: readonly string[]): Buffer {
  return execFileSync('tar', args, { maxBuffer: 2 ** 26 });
}

test('an archive is the same whether its layers had to be compressed for it or were known', async () => {
  const [cold, warm, other] = ['cold.tar', 'warm.tar', 'other.tar'].map((name) => join(folder, name));
  if (cold === undefined || warm === undefined || other === undefined) throw new Error('three names');
  await build('one', { type: 'docker', dest: cold });
  await build('one', { type: 'docker', dest: warm });
  await build('two', { type: 'docker', dest: other });

  const expected = await readFile(cold);
  expect((await readFile(warm)).equals(expected)).toBe(true);
  expect((await readFile(other)).equals(expected)).toBe(true);
});

test('every blob is there once, under its digest, and the index comes last', async () => {
  const dest = join(folder, 'image.tar');
  await build('store', { type: 'docker', dest });

  const names = tar('-tf', dest).toString().trim().split('\n');
  const blobs = names.slice(0, -3);
  expect(names.slice(-3)).toEqual(['oci-layout', 'index.json', 'manifest.json']);
  expect(new Set(blobs).size).toBe(4);
  for (const name of blobs) {
    const digest = createHash('sha256')
      .update(tar('-xOf', dest, name))
      .digest('hex');
    expect(name).toBe(`blobs/sha256/${digest}`);
  }
});

test('a layer that comes twice is written once', async () => {
  const dest = join(folder, 'image.tar');
  await using builder = await createBuilder({ root: join(folder, 'store') });
  await builder.build({
    context: { files: { a: 'alpha' } },
    dockerfile: 'FROM scratch\nCOPY a /\nCOPY a /\n',
    sourceDateEpoch: 0,
    outputs: [{ type: 'oci', dest }],
  });
  const names = tar('-tf', dest).toString().trim().split('\n');
  expect(names).toHaveLength(new Set(names).size);
});

test('an archive that fails leaves nothing beside it', async () => {
  const dest = join(folder, 'nowhere', 'image.tar');
  await expect(build('store', { type: 'oci', dest })).rejects.toThrow('its folder does not exist');
  expect(await readdir(folder)).toEqual(['store']);
});
