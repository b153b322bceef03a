import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Digest, digestOf, isIndex, parseManifestOrIndex } from '@tsbuild/core';
import { createRegistryClient } from '@tsbuild/registry';
import { startRegistry } from '@tsbuild/registry/server';
import { openStore, type PruneResult, type Store } from '@tsbuild/store';
import { expect, onTestFinished, test } from 'vitest';
import { build } from '../builder.ts';
import { type BuilderResources, openResources } from '../builder-resources.ts';
import { createLayers } from '../solve/layers.ts';
import { createImageSource } from '../source/image-source.ts';
import { imageCommands } from './image-commands.ts';

/** Longer than collectors grant beyond a use, and than many periods. */
const LATER_MS = 300;

/** Commands on a store where what was used once is protected for a moment only. */
async function forgetfulCommands() {
  const folder = await mkdtemp(join(tmpdir(), 'held-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const root = join(folder, 'store');
  const opened = await openResources({ root });
  const store = await openStore({ root, leasePeriodMs: 20 });
  const client = createRegistryClient();
  const registry = async () => client;
  const layers = createLayers(store, registry);
  const images = createImageSource(store, registry);
  const resources: BuilderResources = { ...opened, store, registry, layers, images };
  onTestFinished(async () => {
    await client[Symbol.asyncDispose]();
    await store[Symbol.asyncDispose]();
    await opened[Symbol.asyncDispose]();
  });
  return { ...imageCommands(resources), root, store };
}

/** Another process removes all it may, when everything was last used long ago. */
async function pruneLater(store: Store): Promise<PruneResult> {
  await sleep(LATER_MS);
  // A new period begins, which ends those that nobody holds.
  await using _ = store.hold();
  await using other = await openStore({ root: store.root });
  return await other.prune({ all: true });
}

async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks).toString('latin1');
}

/** More than travel at once. */
async function fiveLayers(root: string, tag: string): Promise<readonly Digest[]> {
  const files = Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((name) => [name, name.repeat(100_000)]));
  const built = await build({
    root,
    context: { files },
    dockerfile: 'FROM scratch\nCOPY a /\nCOPY b /\nCOPY c /\nCOPY d /\nCOPY e /\n',
    tags: [tag],
    ...(tag.includes('/') ? { outputs: [{ type: 'registry', name: tag }] } : {}),
  });
  return built.image.config.rootfs.diff_ids;
}

test('an archive that is pruned while it loads is loaded whole', async () => {
  const source = await forgetfulCommands();
  const diffIds = await fiveLayers(source.root, 'app');
  const archive = await textOf(await source.save(['app']));
  const { load, store } = await forgetfulCommands();
  let pruned: PruneResult | undefined;
  async function* slowly() {
    const bytes = Buffer.from(archive, 'latin1');
    yield bytes.subarray(0, 150_000);
    pruned = await pruneLater(store);
    yield bytes.subarray(150_000);
  }

  await load(slowly());

  expect(pruned?.removed).toEqual([]);
  for (const diffId of diffIds) expect(await store.blobs.stat(diffId)).toBeDefined();
});

test('an image that loses its name while it is saved is saved whole', async () => {
  const { save, remove, root, store } = await forgetfulCommands();
  const diffIds = await fiveLayers(root, 'app');
  const expected = await textOf(await save(['app']));
  const archive = await save(['app']);
  await sleep(LATER_MS);
  const parts = archive[Symbol.asyncIterator]();
  const first = await parts.next();

  await remove('app', { noPrune: true });
  await pruneLater(store);
  const rest = await textOf({ [Symbol.asyncIterator]: () => parts });

  expect(Buffer.from(first.value ?? '').toString('latin1') + rest).toBe(expected);
  await pruneLater(store);
  for (const diffId of diffIds) expect(await store.blobs.stat(diffId)).toBeUndefined();
});

/** A registry that lets the first request that `isAwaited`, and those after it, wait until `meanwhile` is done. */
async function registryWith(isAwaited: (method: string, path: string) => boolean, meanwhile: () => Promise<unknown>) {
  let done: Promise<unknown> | undefined;
  const registry = await startRegistry({
    async onRequest({ method, path }) {
      if (isAwaited(method, path)) done ??= meanwhile();
      await done;
      return undefined;
    },
  });
  onTestFinished(() => registry.close());
  return registry;
}

test('an image that loses its name while it is pushed is pushed whole, and stays without the name', async () => {
  const { push, tag, remove, images, root, store } = await forgetfulCommands();
  const registry = await registryWith(
    (method) => method === 'POST',
    async () => {
      await remove(name, { noPrune: true });
      await pruneLater(store);
    },
  );
  const name = `${registry.host}/app:1`;
  await fiveLayers(root, 'app');
  await tag('app', name);
  await remove('app', { noPrune: true });

  await push(name, {});

  expect(registry.requests.at(-1)).toMatchObject({ method: 'PUT', path: '/v2/app/manifests/1', status: 201 });
  expect(await images()).toEqual([]);
});

test('what is pulled stays when the name comes to mean something else meanwhile', async () => {
  const { pull, tag, root, store } = await forgetfulCommands();
  let layers: readonly Digest[] = [];
  const registry = await registryWith(
    (method, path) => method === 'GET' && layers.length > 0 && path.endsWith(layers[4] ?? 'none'),
    async () => {
      await expect.poll(async () => (await store.blobs.digests()).has(layers[0] ?? digestOf('none'))).toBe(true);
      await tag('other', name);
      await pruneLater(store);
    },
  );
  const name = `${registry.host}/app:1`;
  await fiveLayers(join(root, '../elsewhere'), name);
  const accept = { accept: 'application/vnd.oci.image.manifest.v1+json' };
  const manifest = await fetch(`${registry.url}/v2/app/manifests/1`, { headers: accept });
  const document = parseManifestOrIndex(new Uint8Array(await manifest.arrayBuffer()));
  layers = isIndex(document) ? [] : document.layers.map(({ digest }) => digest);
  await fiveLayers(root, 'other');

  await pull(name, {});

  for (const digest of layers) expect(await store.blobs.stat(digest)).toBeDefined();
});

/** A server that answers once `meanwhile` is done. */
async function serverThatAwaits(meanwhile: () => Promise<unknown>): Promise<string> {
  const server = createServer((_, response) => void meanwhile().finally(() => response.end('late')));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/late`;
}

test('an image that is removed while a build uses it is built on, and goes when nobody does', async () => {
  const source = await forgetfulCommands();
  const diffIds = await fiveLayers(source.root, 'app');
  const { load, remove, store, root } = await forgetfulCommands();
  await load(await source.save(['app']));
  let removed: readonly unknown[] = [];
  const url = await serverThatAwaits(async () => {
    await sleep(LATER_MS);
    removed = await remove('app');
  });

  const built = await build({ root, context: { files: {} }, dockerfile: `FROM app\nADD ${url} /\n`, tags: ['new'] });

  expect(removed).toEqual([{ untagged: 'app:latest' }]);
  expect(built.image.config.rootfs.diff_ids.slice(0, 5)).toEqual(diffIds);
  for (const diffId of diffIds) expect(await store.blobs.stat(diffId)).toBeDefined();

  await sleep(LATER_MS);
  expect(await remove('new')).toContainEqual({ deleted: built.image.id });
  await pruneLater(store);
  for (const diffId of diffIds) expect(await store.blobs.stat(diffId)).toBeUndefined();
});
