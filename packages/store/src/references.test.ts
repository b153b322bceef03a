import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Descriptor, digestOf, MEDIA_TYPES, NotFoundError } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { streamOf, temporaryStore } from '../test/temporary-store.ts';
import type { Store } from './index.ts';

const run = promisify(execFile);

async function isInstalled(program: string): Promise<boolean> {
  return await run(program, ['--version']).then(
    () => true,
    () => false,
  );
}

async function push(store: Store, mediaType: string, text: string): Promise<Descriptor> {
  const descriptor = { mediaType, digest: digestOf(text), size: Buffer.byteLength(text) };
  await store.blobs.push(descriptor, streamOf(text));
  return descriptor;
}

/** An image without layers. */
async function pushImage(store: Store, author: string): Promise<Descriptor> {
  const config = await push(
    store,
    MEDIA_TYPES.ociConfig,
    JSON.stringify({ author, architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: [] } }),
  );
  const manifest = { schemaVersion: 2, mediaType: MEDIA_TYPES.ociManifest, config, layers: [] };
  return await push(store, MEDIA_TYPES.ociManifest, JSON.stringify(manifest));
}

test('a tagged image is found by every way of writing its name', async () => {
  const store = await temporaryStore();
  const image = await pushImage(store, 'a');

  await store.references.tag(image, 'app');

  expect(await store.references.resolve('app')).toEqual(image);
  expect(await store.references.resolve('app:latest')).toEqual(image);
  expect(await store.references.resolve('docker.io/library/app')).toEqual(image);
  expect(await store.references.resolve(image.digest)).toEqual(image);
  await expect(store.references.resolve('app:dev')).rejects.toThrow(NotFoundError);
});

test('a tag moves', async () => {
  const store = await temporaryStore();
  await store.references.tag(await pushImage(store, 'a'), 'app');
  const second = await pushImage(store, 'b');

  await store.references.tag(second, 'app');

  expect(await store.references.resolve('app')).toEqual(second);
  expect(await store.references.list()).toMatchObject([
    { reference: 'docker.io/library/app:latest', descriptor: second },
  ]);
});

test('a name with a digest does not depend on the tag beside it', async () => {
  const store = await temporaryStore();
  const image = await pushImage(store, 'a');

  await store.references.tag(image, `app:1@${image.digest}`);

  expect(await store.references.resolve(`app:2@${image.digest}`)).toEqual(image);
  await expect(store.references.resolve('app:1')).rejects.toThrow(NotFoundError);
});

test('tagging an image that is not there is refused', async () => {
  const store = await temporaryStore();
  const image = { mediaType: MEDIA_TYPES.ociManifest, digest: digestOf('gone'), size: 4 };

  await expect(store.references.tag(image, 'app')).rejects.toThrow(NotFoundError);

  expect(await store.references.list()).toEqual([]);
});

test('a name whose image was removed is not found', async () => {
  const store = await temporaryStore();
  const image = await pushImage(store, 'a');
  await store.references.tag(image, 'app');

  await store.blobs.remove(image.digest);

  await expect(store.references.resolve('app')).rejects.toThrow(NotFoundError);
});

test('a removed name is gone', async () => {
  const store = await temporaryStore();
  await store.references.tag(await pushImage(store, 'a'), 'app');

  expect(await store.references.remove('app')).toBe(true);
  expect(await store.references.remove('app')).toBe(false);

  expect(await store.references.list()).toEqual([]);
  expect(JSON.parse(readFileSync(join(store.root, 'index.json'), 'utf8')).manifests).toEqual([]);
});

test('names are listed in order, junk among them is ignored', async () => {
  const store = await temporaryStore();
  const image = await pushImage(store, 'a');
  for (const name of ['b', 'localhost:5000/a:dev', 'a']) await store.references.tag(image, name);
  writeFileSync(join(store.root, 'refs/junk'), '{"reference":"evil"}');
  writeFileSync(join(store.root, 'refs', digestOf('x').slice(7)), readFileSync(join(store.root, 'oci-layout')));

  const names = (await store.references.list()).map(({ reference }) => reference);

  expect(names).toEqual(['docker.io/library/a:latest', 'docker.io/library/b:latest', 'localhost:5000/a:dev']);
});

test('the index lists every name for tools that read OCI layouts', async () => {
  const store = await temporaryStore();
  const image = await pushImage(store, 'a');

  await store.references.tag(image, 'app:dev');

  expect(JSON.parse(readFileSync(join(store.root, 'oci-layout'), 'utf8'))).toEqual({ imageLayoutVersion: '1.0.0' });
  expect(JSON.parse(readFileSync(join(store.root, 'index.json'), 'utf8'))).toEqual({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [
      {
        ...image,
        annotations: {
          'io.containerd.image.name': 'docker.io/library/app:dev',
          'org.opencontainers.image.ref.name': 'app:dev',
        },
      },
    ],
  });
});

test('a foreign index.json changes nothing and is replaced', async () => {
  const store = await temporaryStore();
  const image = await pushImage(store, 'a');
  await store.references.tag(image, 'app');
  writeFileSync(join(store.root, 'index.json'), '{"manifests":[]}');

  expect(await store.references.resolve('app')).toEqual(image);
  await store.references.tag(image, 'app:dev');

  expect(JSON.parse(readFileSync(join(store.root, 'index.json'), 'utf8')).manifests).toHaveLength(2);
});

test('tagging what is tagged writes nothing', async () => {
  const store = await temporaryStore();
  const image = await pushImage(store, 'a');
  await store.references.tag(image, 'app');
  writeFileSync(join(store.root, 'index.json'), 'as it was');

  await store.references.tag(image, 'app');

  expect(readFileSync(join(store.root, 'index.json'), 'utf8')).toBe('as it was');
  expect(readdirSync(join(store.root, 'refs'))).toHaveLength(1);
});

test.skipIf(!(await isInstalled('skopeo')))('skopeo reads an image from the store', async () => {
  const store = await temporaryStore();
  await store.references.tag(await pushImage(store, 'a'), 'other');
  const image = await pushImage(store, 'b');
  await store.references.tag(image, 'localhost:5000/team/app:dev');

  const { stdout } = await run('skopeo', ['inspect', `oci:${store.root}:localhost:5000/team/app:dev`]);

  expect(JSON.parse(stdout)).toMatchObject({ Digest: image.digest, Architecture: 'amd64', Layers: [] });
});

test.skipIf(!(await isInstalled('umoci')))('umoci reads the store', async () => {
  const store = await temporaryStore();
  await store.references.tag(await pushImage(store, 'a'), 'app:dev');

  const { stdout } = await run('umoci', ['list', '--layout', store.root]);

  expect(stdout).toBe('app:dev\n');
});
