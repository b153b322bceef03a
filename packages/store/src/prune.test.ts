import { mkdirSync, readdirSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Descriptor, digestOf, MEDIA_TYPES, toDiffId } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { age, streamOf, temporaryRoot, temporaryStore } from '../test/temporary-store.ts';
import { defaultStoreLimit, openStore, type Store, type StoreEntry } from './index.ts';

const HOUR_MS = 3_600_000;
const KEY = digestOf('key');

async function push(store: Store, text: string, mediaType: string = MEDIA_TYPES.ociLayer): Promise<Descriptor> {
  const descriptor = { mediaType, digest: digestOf(text), size: Buffer.byteLength(text) };
  await store.blobs.push(descriptor, streamOf(text));
  return descriptor;
}

async function pushLayer(store: Store, tar: string, gzip?: string, level?: number): Promise<void> {
  const diffId = toDiffId((await push(store, tar)).digest);
  const gzipped = gzip === undefined ? [] : [await push(store, gzip, MEDIA_TYPES.ociLayerGzip)];
  const forms = gzipped.map((form) => ({
    ...form,
    compression: 'gzip' as const,
    ...(level === undefined ? {} : { level }),
  }));
  await store.layers.put({ diffId, forms });
}

/** Fills a store, ends the process's use of it, and opens it again hours later. */
async function laterStore(fill: (store: Store) => Promise<void>): Promise<Store> {
  const root = await temporaryRoot();
  {
    await using store = await openStore({ root });
    await fill(store);
    age(root, 10);
  }
  return await temporaryStore(root);
}

function idsOf(entries: readonly StoreEntry[]): string[] {
  return entries.map(({ kind, id }) => `${kind} ${id}`);
}

test('usage tells what everything is', async () => {
  const store = await laterStore(async (store) => {
    const config = await push(store, '{}', MEDIA_TYPES.ociConfig);
    const layer = await push(store, 'base.gz', MEDIA_TYPES.ociLayerGzip);
    await push(store, 'loose');
    const manifest = JSON.stringify({ schemaVersion: 2, config, layers: [layer] });
    await store.references.tag(await push(store, manifest, MEDIA_TYPES.ociManifest), 'app');
    await pushLayer(store, 'built', 'built.gz', 6);
    await store.trees.put(digestOf('built'), Buffer.from('index'));
    await store.records.put(KEY, { layer: 'x' });
    await store.records.putIngredients(KEY, Buffer.from('files'));
    await store.records.putLineage('step', KEY);
    mkdirSync(join(store.directory('snapshots'), 'root/0123/etc'), { recursive: true });
    writeFileSync(join(store.directory('snapshots'), 'root/0123/etc/passwd'), 'root');
    mkdirSync(join(store.directory('mounts'), 'npm'));
  });

  const entries = await store.usage();

  const image = await store.references.resolve('app');
  const lines = entries.map((entry) => [entry.kind, entry.id, entry.isInUse, entry.isDerived].join(' '));
  expect(lines.sort()).toEqual(
    [
      `blob ${digestOf('loose')} false false`,
      `form ${digestOf('built.gz')} false true`,
      `image ${digestOf('base.gz')} true false`,
      `image ${digestOf('{}')} true false`,
      `image ${image.digest} true false`,
      `layer ${digestOf('built')} false false`,
      `lineage ${digestOf('step')} false false`,
      'mount npm false false',
      `record ${KEY} false false`,
      'snapshot root/0123 false true',
    ].sort(),
  );
  expect(entries.find(({ kind }) => kind === 'snapshot')).toMatchObject({ size: 4 });
  expect(entries.find(({ kind }) => kind === 'record')).toMatchObject({ size: 65 + 74 + 13 + (65 + 80 + 5) });
  expect(Math.round((Date.now() - (entries[0]?.lastUsed ?? 0)) / HOUR_MS)).toBe(10);
});

test('looking at the usage marks nothing as used', async () => {
  const store = await laterStore((store) => store.records.put(KEY, {}));
  await store.usage();

  expect(await store.usage()).toMatchObject([{ kind: 'record', isInUse: false }]);
});

test('prune all leaves named images and nothing else', async () => {
  const store = await laterStore(async (store) => {
    const config = await push(store, '{}', MEDIA_TYPES.ociConfig);
    const manifest = JSON.stringify({ schemaVersion: 2, config, layers: [] });
    await store.references.tag(await push(store, manifest, MEDIA_TYPES.ociManifest), 'app');
    await pushLayer(store, 'built', 'built.gz', 6);
    await store.records.put(KEY, {});
    mkdirSync(join(store.directory('mounts'), 'npm/deep'), { recursive: true });
  });

  const { removed, failed, remaining } = await store.prune({ all: true });

  expect(idsOf(removed).sort()).toEqual([
    `form ${digestOf('built.gz')}`,
    `layer ${digestOf('built')}`,
    'mount npm',
    `record ${KEY}`,
  ]);
  expect(failed).toEqual([]);
  const left = await store.usage();
  expect(left.map(({ kind }) => kind)).toEqual(['image', 'image']);
  expect(remaining).toBe(left[0] === undefined ? 0 : left.reduce((total, { size }) => total + size, 0));
  expect(readdirSync(join(store.root, 'mounts'))).toEqual([]);
});

test('what this process used and holds stays', async () => {
  const store = await laterStore(async (store) => {
    await pushLayer(store, 'a');
    await pushLayer(store, 'b');
    await store.records.put(KEY, {});
  });
  await using _ = store.hold();
  await store.layers.get(toDiffId(digestOf('a')));

  const { removed } = await store.prune({ all: true });

  expect(idsOf(removed).sort()).toEqual([`layer ${digestOf('b')}`, `record ${KEY}`]);
  expect(await store.layers.get(toDiffId(digestOf('a')))).toMatchObject({ hasTar: true });
});

test('all that this process used a moment ago goes when it holds nothing, but stays from smaller prunes', async () => {
  const store = await temporaryStore();
  await using hold = store.hold();
  await pushLayer(store, 'a');
  await store.records.put(KEY, {});
  expect((await store.prune({ all: true })).removed).toEqual([]);
  await hold[Symbol.asyncDispose]();
  await store.layers.get(toDiffId(digestOf('a')));

  expect((await store.prune({ maxSize: 0 })).removed).toEqual([]);
  expect(idsOf((await store.prune({ all: true })).removed).sort()).toEqual([`layer ${digestOf('a')}`, `record ${KEY}`]);
});

test('what another process used or wrote since it opened the store stays', async () => {
  const store = await laterStore((store) => pushLayer(store, 'a'));
  const other = await temporaryStore(store.root);
  await other.records.get(KEY);
  await other.blobs.stat(digestOf('a'));
  await pushLayer(other, 'b');

  const { removed } = await store.prune({ all: true });

  expect(removed).toEqual([]);
  expect(await other.blobs.stat(digestOf('a'))).toEqual({ size: 1 });
});

test('a store that stays open does not keep what it used in an earlier period, unless it holds it', async () => {
  const { root } = await laterStore(async (store) => {
    await pushLayer(store, 'a');
    await pushLayer(store, 'b');
  });
  await using resident = await openStore({ root, leasePeriodMs: 300 });
  await resident.blobs.stat(digestOf('a'));
  await sleep(310);
  await using hold = resident.hold();
  await resident.blobs.stat(digestOf('b'));
  await sleep(310);
  await using other = await openStore({ root });

  expect(idsOf((await other.prune({ all: true })).removed)).toEqual([`layer ${digestOf('a')}`]);
  await hold[Symbol.asyncDispose]();
  await using _ = resident.hold();
  await sleep(200);

  expect(idsOf((await other.prune({ all: true })).removed)).toEqual([`layer ${digestOf('b')}`]);
});

test('what can be made again goes first, then what was not used for longest', async () => {
  const store = await laterStore(async (store) => {
    await pushLayer(store, 'old'.repeat(100));
    age(store.root, 5);
    await pushLayer(store, 'new'.repeat(100), 'new.gz'.repeat(100), 6);
  });
  age(store.root, 1);
  await using other = await openStore({ root: store.root });
  await other[Symbol.asyncDispose]();
  const total = (await store.usage()).reduce((bytes, { size }) => bytes + size, 0);

  const first = await store.prune({ maxSize: total - 1 });

  expect(idsOf(first.removed)).toEqual([`form ${digestOf('new.gz'.repeat(100))}`]);
  expect(first.freed).toBe(600);
  expect(first.remaining).toBe(total - 600);
});

test('a layer that was pulled compressed counts as made again from there', async () => {
  const store = await laterStore((store) => pushLayer(store, 'tar', 'tar.gz'));

  const entries = await store.usage();

  expect(entries.map(({ kind, isDerived }) => `${kind} ${isDerived}`).sort()).toEqual(['form false', 'layer true']);
});

test('keepDuration removes what was not used for so long', async () => {
  const store = await laterStore((store) => store.records.put(KEY, {}));

  expect((await store.prune({ keepDurationMs: 11 * HOUR_MS })).removed).toEqual([]);
  expect(idsOf((await store.prune({ keepDurationMs: 9 * HOUR_MS })).removed)).toEqual([`record ${KEY}`]);
});

test('a filter chooses', async () => {
  const store = await laterStore(async (store) => {
    await store.records.put(KEY, {});
    mkdirSync(join(store.directory('mounts'), 'npm'));
  });

  const { removed } = await store.prune({ all: true, filter: ({ kind }) => kind === 'mount' });

  expect(idsOf(removed)).toEqual(['mount npm']);
});

test('without a policy nothing below the automatic limit is removed', async () => {
  const store = await laterStore((store) => store.records.put(KEY, {}));

  expect((await store.prune()).removed).toEqual([]);
});

test('a folder that cannot be removed is reported and does not hinder the rest', async () => {
  const store = await laterStore(async (store) => {
    mkdirSync(join(store.directory('mounts'), 'a'));
    await store.records.put(KEY, {});
  });
  const denied = Object.assign(new Error('EACCES'), { code: 'EACCES' });
  const removeTree = () => Promise.reject(denied);

  const { removed, failed } = await store.prune({ all: true }, { removeTree });

  expect(removed).toEqual([]);
  expect(failed.map(({ entry, error }) => [entry.kind, (error as { code?: string }).code]).sort()).toEqual([
    ['mount', 'ERR_TSBUILD_PERMISSION'],
    ['record', 'ERR_TSBUILD_PERMISSION'],
  ]);
});

test('the limit is kept to when something was written, and costs no survey before', async () => {
  const store = await laterStore(async (store) => {
    await pushLayer(store, 'a'.repeat(1_000));
    await store.limit();
  });
  expect(await store.limit({ maxSize: 10 })).toBeUndefined();
  await pushLayer(store, 'b'.repeat(1_000));

  expect(idsOf((await store.limit({ maxSize: 2_000 }))?.removed ?? [])).toEqual([
    `layer ${digestOf('a'.repeat(1_000))}`,
  ]);
  await pushLayer(store, 'c'.repeat(100));
  expect(await store.limit({ maxSize: 2_000 })).toBeUndefined();
  await pushLayer(store, 'd'.repeat(1_000));
  expect(await store.limit({ maxSize: 2_000 })).toMatchObject({ removed: [] });
});

test('a new store knows its size without a survey', async () => {
  const store = await temporaryStore();
  await pushLayer(store, 'a'.repeat(1_000));

  expect(await store.limit({ maxSize: 2_000 })).toBeUndefined();
  await pushLayer(store, 'b'.repeat(1_000));
  expect(await store.limit({ maxSize: 2_000 })).toMatchObject({ removed: [] });
});

test('the automatic limit is a tenth of the disk, at most 20 GB', async () => {
  const store = await temporaryStore();
  const { blocks, bsize } = statfsSync(store.root);

  expect(defaultStoreLimit(store.root)).toBe(Math.min(Math.floor((blocks * bsize) / 10), 20_000_000_000));
});
