import { mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { build } from '../builder.ts';

const EPOCH = 1_600_000_000;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'epoch-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Builds the same contents with other times in a store of its own. */
async function buildWithTimes(name: string, time: number, sourceDateEpoch?: number) {
  const context = join(folder, name);
  await mkdir(join(context, 'src'), { recursive: true });
  await writeFile(join(context, 'Dockerfile'), 'FROM scratch\nCOPY src /src/\nWORKDIR /work\nCOPY src/a /deep/er/\n');
  await writeFile(join(context, 'src/a'), 'alpha');
  await writeFile(join(context, 'src/empty'), '');
  for (const path of ['src/a', 'src/empty', 'src']) await utimes(join(context, path), time, time);
  const dest = join(folder, `${name}.tar`);
  const { image, steps } = await build({
    context,
    root: join(folder, `${name}.store`),
    outputs: [{ type: 'oci', dest }],
    ...(sourceDateEpoch === undefined ? {} : { sourceDateEpoch }),
  });
  return { id: image.id, archive: await readFile(dest), tree: await image.tree(), config: image.config, steps };
}

test.each([
  ['before', EPOCH - 5000, EPOCH - 9000],
  ['after', EPOCH + 5000, EPOCH + 9000],
])('equal files with times %s the epoch give equal images and archives', async (_, first, second) => {
  const a = await buildWithTimes('a', first, EPOCH);
  const b = await buildWithTimes('b', second, EPOCH);

  expect(a.id).toBe(b.id);
  expect(a.archive.equals(b.archive)).toBe(true);
  expect(a.tree.lookup('src/a')?.mtime).toBe(EPOCH);
  expect((await a.tree.read('src/a')).toString()).toBe('alpha');
  expect(a.config.created).toBe('2020-09-13T12:26:40Z');
});

test('without an epoch files keep their times, and the epoch is in no key', async () => {
  const plain = await buildWithTimes('a', 1_500_000_000);
  const dated = await buildWithTimes('a', 1_500_000_000, EPOCH);

  expect(plain.tree.lookup('src/a')?.mtime).toBe(1_500_000_000);
  expect(dated.tree.lookup('src/a')?.mtime).toBe(EPOCH);
  expect(dated.steps.map(({ status }) => status)).toEqual(['cached', 'cached', 'cached']);
});
