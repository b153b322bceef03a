import crypto from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  type ByteStream,
  digestOf,
  type Ingest,
  MEDIA_TYPES,
  parseReference,
  type Rootfs,
  readTreeFile,
  type TarReader,
  toDiffId,
} from '@tsbuild/core';
import { createLayerWriter, indexEntries } from '@tsbuild/layer';
import { openStore } from '@tsbuild/store';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLayers } from './layers.ts';

const origin = parseReference('registry.test/base:1');
const CONTENT = Buffer.alloc(3_000_000, 'layer content ');
/** As they were before they counted. */
const { hash, createHash } = crypto;
let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'pull-layer-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** A tar with one file. */
async function tarOf(content: Buffer): Promise<Buffer> {
  const parts: Buffer[] = [];
  const ingest: Ingest = {
    write: (bytes) => {
      parts.push(Buffer.from(bytes));
    },
    commit: async () => ({ digest: digestOf(Buffer.concat(parts)), size: Buffer.concat(parts).length }),
    [Symbol.asyncDispose]: async () => undefined,
  };
  const writer = createLayerWriter(ingest);
  await writer.add({ path: 'f', type: 'file', mode: 0o644, uid: 0, gid: 0, mtime: 0, size: content.length });
  await writer.content(content);
  await writer.finish();
  return Buffer.concat(parts);
}

/** A base layer and a place that counts how often its blob is fetched. */
async function baseLayer(content: Buffer, says?: Buffer) {
  const tar = await tarOf(content);
  const blob = gzipSync(tar);
  const descriptor = { mediaType: MEDIA_TYPES.ociLayerGzip, digest: digestOf(blob), size: blob.length };
  const layer = { diffId: toDiffId(digestOf(says ?? tar)), base: { descriptor, origin } };
  return { tar, blob, layer, ...counting(blob) };
}

/** The same, whose blob is the tar. */
async function plainLayer(content: Buffer) {
  const tar = await tarOf(content);
  const descriptor = { mediaType: MEDIA_TYPES.ociLayer, digest: digestOf(tar), size: tar.length };
  return { tar, layer: { diffId: toDiffId(digestOf(tar)), base: { descriptor, origin } }, ...counting(tar) };
}

function counting(blob: Buffer) {
  const counts = { fetched: 0, running: 0, most: 0 };
  async function* send(): AsyncGenerator<Uint8Array> {
    counts.running++;
    counts.most = Math.max(counts.most, counts.running);
    const step = Math.max(1000, blob.length / 20);
    for (let at = 0; at < blob.length; at += step) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      yield blob.subarray(at, at + step);
    }
    counts.running--;
  }
  async function fetch(): Promise<ByteStream> {
    counts.fetched++;
    return send();
  }
  return { counts, fetch };
}

async function collect(stream: ByteStream): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const bytes of stream) parts.push(Buffer.from(bytes));
  return Buffer.concat(parts);
}

/** Bytes that are hashed while `work` runs. */
async function hashedBytes(work: () => Promise<unknown>): Promise<number> {
  let bytes = 0;
  crypto.hash = ((name: string, data: Buffer, encoding: 'hex') => {
    bytes += data.length;
    return hash(name, data, encoding);
  }) as typeof crypto.hash;
  crypto.createHash = (name) => {
    const made = createHash(name);
    const update = made.update.bind(made);
    return Object.assign(made, {
      update(data: Uint8Array) {
        bytes += data.length;
        return update(data);
      },
    });
  };
  syncBuiltinESMExports();
  try {
    await work();
    return bytes;
  } finally {
    Object.assign(crypto, { hash, createHash });
    syncBuiltinESMExports();
  }
}

test('a base layer is fetched once, and each form of it is hashed once', async () => {
  const { tar, blob, layer, counts, fetch } = await baseLayer(CONTENT);
  await using store = await openStore({ root });
  const layers = createLayers(store, async () => ({ repository: () => ({ fetchUnverified: fetch }) }));

  const hashed = await hashedBytes(async () => {
    await Promise.all([layers.tarPath(layer), layers.layerTree(layer), layers.tree([layer])]);
    await layers.fetchBlob(layer);
  });

  expect(counts.fetched).toBe(1);
  // The blob and the tar for their names, the file for its digest, and a little for records and headers.
  expect(hashed - blob.length - tar.length - CONTENT.length).toBeLessThan(10_000);
  expect((await store.blobs.readAll(layer.base.descriptor.digest, blob.length))?.equals(blob)).toBe(true);
  expect((await store.blobs.readAll(layer.diffId, tar.length))?.equals(tar)).toBe(true);
  expect((await layers.tree([layer])).lookup('f')?.digest).toBe(digestOf(CONTENT));
});

test('a root that the sandbox reads comes while its layers arrive, each byte hashed once and no tar kept', async () => {
  const { tar, blob, layer, counts, fetch } = await baseLayer(CONTENT);
  await using store = await openStore({ root });
  const layers = createLayers(store, async () => ({ repository: () => ({ fetchUnverified: fetch }) }));
  const [opened] = await layers.rootfs([layer]);
  const digest = digestOf(CONTENT);

  const hashed = await hashedBytes(async () => {
    const reading = opened?.read(indexEntries);
    const tree = await layers.tree([layer]);
    expect(tree.lookup('f')?.digest).toBe(digest);
    await reading;
  });

  expect(counts.fetched).toBe(1);
  expect(hashed - blob.length - tar.length - CONTENT.length).toBeLessThan(10_000);
  expect(await store.blobs.stat(layer.diffId)).toBeUndefined();
  expect((await store.blobs.readAll(layer.base.descriptor.digest, blob.length))?.equals(blob)).toBe(true);
});

test('who asks for a base that is unpacked ahead waits for what that tells; one that was seen is not', async () => {
  const { layer, counts, fetch } = await baseLayer(CONTENT);
  await using store = await openStore({ root });
  const layers = createLayers(store, async () => ({ repository: () => ({ fetchUnverified: fetch }) }));
  const told: boolean[] = [];
  const unpack = async (rootfs: Rootfs): Promise<void> => {
    for (const { read } of rootfs) {
      await read((tar, tellsContents) => {
        told.push(tellsContents);
        return indexEntries(tar);
      });
    }
  };

  const ahead = layers.ahead([layer], unpack);
  const tree = await layers.tree([layer]);
  await ahead;
  await layers.ahead([layer], unpack);

  expect(tree.lookup('f')?.digest).toBe(digestOf(CONTENT));
  expect({ told, fetched: counts.fetched }).toEqual({ told: [true], fetched: 1 });
});

test('what failed ahead is done again by who needs it', async () => {
  const { layer, counts, fetch } = await baseLayer(CONTENT);
  await using store = await openStore({ root });
  const layers = createLayers(store, async () => ({ repository: () => ({ fetchUnverified: fetch }) }));

  const ahead = layers.ahead([layer], () => Promise.reject(new Error('no sandbox')));
  const tree = await layers.tree([layer]);
  await ahead;

  expect(tree.lookup('f')?.digest).toBe(digestOf(CONTENT));
  expect(counts.fetched).toBe(1);
});

test('a root whose layer is a plain tar comes while that arrives and is kept, each byte hashed once', async () => {
  const { tar, counts, fetch, layer } = await plainLayer(CONTENT);
  await using store = await openStore({ root });
  const layers = createLayers(store, async () => ({ repository: () => ({ fetchUnverified: fetch }) }));
  const [opened] = await layers.rootfs([layer]);
  let isThereAtStart: boolean | undefined;

  const hashed = await hashedBytes(async () => {
    await opened?.read(async (bytes) => {
      isThereAtStart = (await store.blobs.stat(layer.diffId)) !== undefined;
      return indexEntries(bytes);
    });
  });

  expect(isThereAtStart).toBe(false);
  expect(counts.fetched).toBe(1);
  expect(hashed - tar.length - CONTENT.length).toBeLessThan(10_000);
  expect((await store.blobs.readAll(layer.diffId, tar.length))?.equals(tar)).toBe(true);
  expect((await layers.tree([layer])).lookup('f')?.digest).toBe(digestOf(CONTENT));
});

test('nobody is asked what a layer holds of which that is known', async () => {
  const { layer, fetch } = await baseLayer(CONTENT);
  await using store = await openStore({ root });
  const layers = createLayers(store, async () => ({ repository: () => ({ fetchUnverified: fetch }) }));
  const [opened] = await layers.rootfs([layer]);
  const told: boolean[] = [];
  const reader: TarReader = async (tar, tellsContents) => {
    told.push(tellsContents);
    return tellsContents ? indexEntries(tar) : void (await collect(tar));
  };

  await opened?.read(reader);
  await opened?.read(reader);

  expect(told).toEqual([true, false]);
});

test('an index needs no tar, and contents that are read later come from the blob', async () => {
  const { layer, counts, fetch } = await baseLayer(CONTENT);
  await using store = await openStore({ root });
  const layers = createLayers(store, async () => ({ repository: () => ({ fetchUnverified: fetch }) }));

  const tree = await layers.tree([layer]);
  expect(await store.blobs.stat(layer.diffId)).toBeUndefined();

  expect((await readTreeFile(tree, 'f')).equals(CONTENT)).toBe(true);
  expect(counts.fetched).toBe(1);
});

test('a root fails before it ends where a layer is not what the config names', async () => {
  const { blob, layer, fetch } = await baseLayer(Buffer.from('other'), Buffer.from('named'));
  await using store = await openStore({ root });
  const layers = createLayers(store, async () => ({ repository: () => ({ fetchUnverified: fetch }) }));
  const [opened] = await layers.rootfs([layer]);

  await expect(opened?.read(indexEntries)).rejects.toThrow(`the image's config names layer ${layer.diffId}`);

  expect(await store.trees.get(layer.diffId)).toBeUndefined();
  // The blob is what the manifest says: it is the config that lies.
  expect((await store.blobs.stat(digestOf(blob)))?.size).toBe(blob.length);
});

test('who stops reading a root early lets go of the layer', async () => {
  const { layer, counts, fetch } = await baseLayer(CONTENT);
  await using store = await openStore({ root });
  const layers = createLayers(store, async () => ({ repository: () => ({ fetchUnverified: fetch }) }));
  const [opened] = await layers.rootfs([layer]);

  await opened?.read(async (tar) => {
    for await (const _ of tar) break;
    return { contentId: digestOf(''), index: new Uint8Array() };
  });

  expect((await layers.tree([layer])).lookup('f')?.size).toBe(CONTENT.length);
  expect(counts.fetched).toBe(2);
});

test('of a layer that is not what the config names no tar is kept', async () => {
  const { layer, fetch } = await baseLayer(Buffer.from('other'), Buffer.from('named'));
  await using store = await openStore({ root });
  const layers = createLayers(store, async () => ({ repository: () => ({ fetchUnverified: fetch }) }));

  await expect(layers.tarPath(layer)).rejects.toThrow(`the image's config names layer ${layer.diffId}`);
  expect(await store.blobs.stat(layer.diffId)).toBeUndefined();
  expect(await store.trees.get(layer.diffId)).toBeUndefined();
});

test.each([
  ['more', (blob: Buffer) => Buffer.concat([blob, Buffer.from('more')]), 'bytes, expected'],
  ['less', (blob: Buffer) => blob.subarray(0, -8), 'unexpected end of file'],
  ['something else', (blob: Buffer) => gzipSync(Buffer.alloc(blob.length)), 'expected'],
])('a registry that sends %s than the manifest says is found out', async (_what, change, message) => {
  const { blob, layer } = await baseLayer(CONTENT);
  await using store = await openStore({ root });
  async function* send(): AsyncGenerator<Uint8Array> {
    yield change(blob);
  }
  const layers = createLayers(store, async () => ({ repository: () => ({ fetchUnverified: async () => send() }) }));

  await expect(layers.tarPath(layer)).rejects.toThrow(message);
  await expect(layers.fetchBlob(layer)).rejects.toThrow('expected');

  expect([...(await store.blobs.digests())]).toEqual([]);
});

test('layers of an image arrive at the same time', async () => {
  const places = await Promise.all(
    ['1', '2', '3', '4'].map((text) => baseLayer(Buffer.alloc(50_000, `${text}${text}`))),
  );
  await using store = await openStore({ root });
  let running = 0;
  let most = 0;
  async function* counted(source: ByteStream): AsyncGenerator<Uint8Array> {
    running++;
    most = Math.max(most, running);
    await new Promise((resolve) => setTimeout(resolve, 50));
    yield* source;
    running--;
  }
  const byDigest = new Map(places.map((place) => [place.layer.base.descriptor.digest, place]));
  const layers = createLayers(store, async () => ({
    repository: () => ({
      async fetchUnverified(target) {
        const place = byDigest.get(target.digest);
        if (place === undefined) throw new Error('an unknown layer');
        return counted(await place.fetch());
      },
    }),
  }));

  await layers.tree(places.map(({ layer }) => layer));

  expect(most).toBe(3);
});
