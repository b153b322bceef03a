import { lstatSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ImageIndex } from '@tsbuild/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createBuilder } from '../builder.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'layout-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function build(name: string, b = 'beta') {
  await using builder = await createBuilder({ root: join(folder, 'store') });
  await builder.build({
    context: { files: { a: 'alpha', b } },
    dockerfile: 'FROM scratch\nCOPY a /\nCOPY b /\n',
    outputs: [{ type: 'oci', dest: join(folder, 'out'), tar: false, name }],
  });
}

/** When each file of the folder was last touched. */
function changes(): Map<string, bigint> {
  const names = readdirSync(join(folder, 'out'), { recursive: true }).map(String).sort();
  return new Map(names.map((name) => [name, lstatSync(join(folder, 'out', name), { bigint: true }).ctimeNs]));
}

test('a second export of an unchanged image writes nothing', async () => {
  await build('app:1');
  const before = changes();
  await build('app:1');
  expect(changes()).toEqual(before);
});

test('after one changed file there are one layer, one config and one manifest more', async () => {
  await build('app:1');
  const before = new Set(changes().keys());
  await build('app:2', 'changed');
  expect([...changes().keys()].filter((name) => !before.has(name))).toHaveLength(3);
  const { manifests } = JSON.parse(await readFile(join(folder, 'out/index.json'), 'utf8')) as ImageIndex;
  expect(manifests.map(({ annotations }) => annotations?.['org.opencontainers.image.ref.name'])).toEqual(['1', '2']);
});

test('an image keeps the names that it has in the folder', async () => {
  await build('app:1');
  await build('app:2');
  const { manifests } = JSON.parse(await readFile(join(folder, 'out/index.json'), 'utf8')) as ImageIndex;
  expect(new Set(manifests.map(({ digest }) => digest)).size).toBe(1);
  expect(manifests.map(({ annotations }) => annotations?.['io.containerd.image.name'])).toEqual([
    'docker.io/library/app:1',
    'docker.io/library/app:2',
  ]);
});
