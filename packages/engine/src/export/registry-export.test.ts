import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRegistry } from '@tsbuild/registry/server';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createBuilder } from '../builder.ts';
import type { RegistryOutput } from '../options.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'push-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function push(output: Omit<RegistryOutput, 'type'>, files: Record<string, string> = { a: 'alpha', b: 'beta' }) {
  await using builder = await createBuilder({ root: join(folder, 'store') });
  const { outputs } = await builder.build({
    context: { files },
    dockerfile: 'FROM scratch\nCOPY a /\nCOPY b /\n',
    outputs: [{ type: 'registry', ...output }],
  });
  return outputs;
}

type Registry = Awaited<ReturnType<typeof startRegistry>>;

/** What was asked of the registry since the last time, apart from reading. */
function writes(registry: Registry): string[] {
  const requests = registry.requests.splice(0);
  return requests
    .filter(({ method }) => method !== 'GET' && method !== 'HEAD')
    .map(
      ({ method, path }) =>
        `${method} ${path
          .replace(/\?.*/, '')
          .replace(/uploads\/[^/]+$/, 'uploads/ID')
          .replace(/sha256:.*/, 'DIGEST')}`,
    );
}

const UPLOAD = ['POST /v2/app/blobs/uploads/', 'PUT /v2/app/blobs/uploads/ID'];

test('after one changed file a push sends one layer, one config and one manifest', async () => {
  await using registry = await startRegistry();
  const name = `${registry.host}/app:1`;
  await push({ name });
  writes(registry);
  await push({ name }, { a: 'alpha', b: 'changed' });
  expect(writes(registry).sort()).toEqual([...UPLOAD, ...UPLOAD, 'PUT /v2/app/manifests/1'].sort());
  await push({ name }, { a: 'alpha', b: 'changed' });
  expect(writes(registry)).toEqual([]);
});

test('a push to another repository of the same registry mounts the layers', async () => {
  await using registry = await startRegistry();
  await push({ name: `${registry.host}/app:1` });
  writes(registry);
  await push({ name: `${registry.host}/other:1` });
  expect(writes(registry).sort()).toEqual([
    'POST /v2/other/blobs/uploads/', // The two layers, and the config,
    'POST /v2/other/blobs/uploads/',
    'POST /v2/other/blobs/uploads/',
    'PUT /v2/other/blobs/uploads/ID', // which alone is sent.
    'PUT /v2/other/manifests/1',
  ]);
});

test('a push by digest gives no tag, and says under what name the image is', async () => {
  await using registry = await startRegistry();
  const [output] = await push({ name: `${registry.host}/app`, pushByDigest: true });
  expect(output?.dest).toBe(`${registry.host}/app@${output?.descriptor?.digest}`);
  expect(writes(registry)).toContain('PUT /v2/app/manifests/DIGEST');
  await expect(push({ name: `${registry.host}/app:1`, pushByDigest: true })).rejects.toThrow(
    `a push by digest cannot have a tag: "${registry.host}/app:1"`,
  );
});

test('one push may give several names', async () => {
  await using registry = await startRegistry();
  const names = [`${registry.host}/app:1`, `${registry.host}/app:2`];
  expect((await push({ name: names.join(',') })).map(({ dest }) => dest)).toEqual(names);
});
