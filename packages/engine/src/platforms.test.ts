import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestHex, formatPlatform, hostPlatform, type ImageIndex, type ImageManifest } from '@tsbuild/core';
import { startRegistry } from '@tsbuild/registry/server';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createBuilder } from './builder.ts';
import type { BuildOptions } from './options.ts';
import { platformsOf } from './platforms.ts';

const BASE = 'FROM scratch\nARG TARGETARCH\nCOPY $TARGETARCH /arch\n';
const APP = `FROM --platform=$BUILDPLATFORM base AS build
COPY shared /shared
ARG TARGETARCH
COPY $TARGETARCH /out
FROM base
COPY --from=build /out /app
`;
const FILES = { amd64: 'for amd64', arm64: 'for arm64', shared: 'for both' };
const PLATFORMS = ['linux/amd64', 'linux/arm64'];

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'platforms-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function build(options: Partial<BuildOptions> = {}) {
  await using builder = await createBuilder({ root: join(folder, 'store') });
  const context = { files: FILES };
  await builder.build({ context, dockerfile: BASE, platforms: PLATFORMS, tags: ['base'] });
  const { images, outputs, steps } = await builder.build({
    context,
    dockerfile: APP,
    platforms: PLATFORMS,
    ...options,
  });
  const texts: Record<string, string> = {};
  for (const [name, image] of Object.entries(images)) {
    const tree = await image.tree();
    texts[name] = `${await tree.read('arch')}, ${await tree.read('app')}`;
  }
  return { texts, images, outputs, steps };
}

test('every platform has an image of its own, on the base and with the arguments of its own', async () => {
  const { texts, images } = await build();
  expect(texts).toEqual({
    'linux/amd64': 'for amd64, for amd64',
    'linux/arm64': 'for arm64, for arm64',
  });
  expect(Object.values(images).map(({ config }) => config.architecture)).toEqual(['amd64', 'arm64']);
});

test('steps that no platform changes run once; the others say which platform is theirs', async () => {
  const { steps } = await build();
  const host = formatPlatform(hostPlatform());
  const crossed = (arch: string) => (host === `linux/${arch}` ? host : `${host}->${arch}`);
  expect(steps.map(({ label }) => label)).toEqual([
    `[${host} build 2/3] COPY shared /shared`,
    `[${crossed('amd64')} build 3/3] COPY $TARGETARCH /out`,
    '[linux/amd64 stage-1 2/2] COPY --from=build /out /app',
    `[${crossed('arm64')} build 3/3] COPY $TARGETARCH /out`,
    '[linux/arm64 stage-1 2/2] COPY --from=build /out /app',
  ]);
});

async function readLayout(path: string) {
  const read = async (name: string) =>
    JSON.parse(execFileSync('tar', ['-xOf', path, name], { maxBuffer: 2 ** 26 }).toString());
  const { manifests } = (await read('index.json')) as ImageIndex;
  const [root] = manifests;
  if (root === undefined) throw new Error('the archive lists nothing');
  const index = (await read(`blobs/sha256/${digestHex(root.digest)}`)) as ImageIndex;
  return { manifests, index, read };
}

test('an archive has one index with the manifests of all platforms', async () => {
  const dest = join(folder, 'image.tar');
  const { outputs } = await build({ outputs: [{ type: 'oci', dest }], tags: ['app:1'] });
  const { manifests, index, read } = await readLayout(dest);

  expect(manifests).toEqual([
    {
      ...outputs[0]?.descriptor,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      annotations: {
        'io.containerd.image.name': 'docker.io/library/app:1',
        'org.opencontainers.image.ref.name': '1',
      },
    },
  ]);
  expect(index.manifests.map(({ platform }) => platform)).toEqual([
    { architecture: 'amd64', os: 'linux' },
    { architecture: 'arm64', os: 'linux' },
  ]);
  for (const { digest } of index.manifests) {
    const manifest = (await read(`blobs/sha256/${digestHex(digest)}`)) as ImageManifest;
    expect(manifest.layers).toHaveLength(2);
  }
});

test('with ociMediaTypes: false the index is a manifest list', async () => {
  const dest = join(folder, 'layout');
  await build({ outputs: [{ type: 'oci', dest, tar: false, ociMediaTypes: false }] });
  const { manifests } = JSON.parse(await readFile(join(dest, 'index.json'), 'utf8')) as ImageIndex;
  expect(manifests.map(({ mediaType }) => mediaType)).toEqual([
    'application/vnd.docker.distribution.manifest.list.v2+json',
  ]);
});

test('a push sends both manifests and the index, and the store keeps them under one name', async () => {
  await using registry = await startRegistry();
  const name = `${registry.host}/app:1`;
  const { outputs } = await build({ tags: [name], outputs: [{ type: 'registry' }, { type: 'image' }] });
  expect(outputs.map(({ dest, type }) => `${type} ${dest}`)).toEqual([`registry ${name}`, `image ${name}`]);

  const response = await fetch(`http://${registry.host}/v2/app/manifests/1`, {
    headers: { accept: 'application/vnd.oci.image.index.v1+json' },
  });
  expect(response.headers.get('docker-content-digest')).toBe(outputs[0]?.descriptor?.digest);
  const pushed = (await response.json()) as ImageIndex;
  expect(pushed.manifests).toHaveLength(2);
});

test('annotations stand where they belong', async () => {
  const dest = join(folder, 'image.tar');
  const annotations = {
    a: 'every manifest',
    'index:b': 'index',
    'manifest-descriptor[linux/arm64]:c': 'one entry',
    'index-descriptor:d': 'the name',
  };
  await build({ outputs: [{ type: 'oci', dest, annotations: { e: 'this output' } }], annotations });
  const { manifests, index, read } = await readLayout(dest);
  expect(manifests[0]?.annotations).toEqual({ d: 'the name' });
  expect(index.annotations).toEqual({ b: 'index' });
  expect(index.manifests.map((entry) => entry.annotations)).toEqual([undefined, { c: 'one entry' }]);
  for (const { digest } of index.manifests) {
    const manifest = (await read(`blobs/sha256/${digestHex(digest)}`)) as ImageManifest;
    expect(manifest.annotations).toEqual({ a: 'every manifest', e: 'this output' });
  }
});

test('annotations that nothing can carry are refused before anything is built', async () => {
  const dest = join(folder, 'image.tar');
  await expect(build({ platforms: ['linux/amd64'], annotations: { 'index:a': 'b' } })).rejects.toThrow(
    'annotations of an index need one, and an image for one platform has none',
  );
  await expect(
    build({ annotations: { a: 'b' }, outputs: [{ type: 'oci', dest, ociMediaTypes: false }] }),
  ).rejects.toThrow("Docker's media types have no annotations");
});

test('an output of type docker is refused before anything is built', async () => {
  await expect(build({ outputs: [{ type: 'docker', dest: join(folder, 'image.tar') }] })).rejects.toThrow(
    'an output of type docker holds one platform, and the build is for linux/amd64, linux/arm64',
  );
});

test('platforms that are the same are built once, in the spelling of containerd', () => {
  const platforms = platformsOf({
    platforms: ['linux/arm64/v8', 'linux/aarch64', 'arm', 'linux/arm/v7', 'linux/arm/6'],
  });
  expect(platforms.map(formatPlatform)).toEqual(['linux/arm64', 'linux/arm/v7', 'linux/arm/v6']);
});

test('the plan of a build for several platforms names the steps of all', async () => {
  await using builder = await createBuilder({ root: join(folder, 'store') });
  const options: BuildOptions = {
    context: { files: FILES },
    dockerfile: BASE,
    platforms: PLATFORMS,
  };
  expect((await builder.plan(options)).steps.map(({ label, status }) => `${status} ${label}`)).toEqual([
    'would-run [linux/amd64 1/1] COPY $TARGETARCH /arch',
    'would-run [linux/arm64 1/1] COPY $TARGETARCH /arch',
  ]);
});
