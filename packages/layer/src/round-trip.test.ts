import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { digestOf, type LayerEntry } from '@tsbuild/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { collect, streamOf } from '../test/archive.ts';
import { directory, type FileEntry, writeLayer } from '../test/entries.ts';
import { readAll } from '../test/read-all.ts';
import { tempFolder } from '../test/temp-folder.ts';
import { indexLayer } from './index/layer-indexer.ts';
import { openLayerTree } from './tree/layer-tree.ts';

const run = promisify(execFile);

/** Names with everything that file systems allow: spaces, quotes, newlines, bytes that are not UTF-8. */
const name = fc
  .oneof(
    fc.string({ minLength: 1, maxLength: 12 }),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 4 }),
    fc.constantFrom('caf\udce9', 'x'.repeat(120), 'new\nline', '-rf', '...', 'ü', '😀', '.wh'),
  )
  .filter((text) => !text.includes('/') && !text.includes('\0') && text !== '.' && text !== '..')
  .filter((text) => !text.startsWith('.wh.'));

const metadata = fc.record({
  mode: fc.integer({ min: 0, max: 0o7777 }),
  uid: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff_fffe })),
  gid: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff_fffe })),
  mtime: fc.oneof(fc.constant(0), fc.integer({ min: -1e9, max: 1e11 })),
});
const xattrs = fc.dictionary(
  fc.constantFrom('user.a', 'security.capability', 'user.\n'),
  fc.uint8Array({ maxLength: 40 }),
  {
    minKeys: 1,
    noNullPrototype: true,
  },
);

type Leaf = LayerEntry | FileEntry;

function leafAt(path: string): fc.Arbitrary<Leaf> {
  const file = fc
    .record({ meta: metadata, bytes: fc.uint8Array({ maxLength: 2000 }), attributes: fc.option(xattrs) })
    .map(
      ({ meta, bytes, attributes }): Leaf => ({
        entry: {
          path,
          type: 'file',
          ...meta,
          size: bytes.length,
          ...(attributes === null ? {} : { xattrs: attributes }),
        },
        content: Buffer.from(bytes),
      }),
    );
  const symlink = fc
    .record({
      meta: metadata,
      target: fc.string({ minLength: 1, maxLength: 200 }).filter((text) => !text.includes('\0')),
    })
    .map(({ meta, target }): Leaf => ({ path, type: 'symlink', ...meta, size: 0, linkTarget: target }));
  const device = fc
    .record({ meta: metadata, major: fc.nat(2_097_151), minor: fc.nat(2_097_151) })
    .map(({ meta, ...numbers }): Leaf => ({ path, type: 'char', ...meta, size: 0, device: numbers }));
  const fifo = metadata.map((meta): Leaf => ({ path, type: 'fifo', ...meta, size: 0 }));
  return fc.oneof({ arbitrary: file, weight: 4 }, symlink, device, fifo, fc.constant<Leaf>({ path, type: 'whiteout' }));
}

/** A tree of two levels, parents first, and a further name for its first file. */
const layer: fc.Arbitrary<Leaf[]> = fc
  .uniqueArray(name, { maxLength: 5 })
  .chain((directories) =>
    fc.tuple(
      ...directories.map((parent) =>
        fc
          .tuple(metadata, fc.boolean(), fc.uniqueArray(name, { maxLength: 4 }))
          .chain(([meta, opaque, names]) =>
            fc
              .tuple(...names.map((child) => leafAt(`${parent}/${child}`)))
              .map((leaves): Leaf[] => [directory(parent, { ...meta, ...(opaque ? { opaque } : {}) }), ...leaves]),
          ),
      ),
    ),
  )
  .map((groups) => groups.flat())
  .map((items) => {
    const first = items.find((item) => 'entry' in item);
    if (first === undefined || !('entry' in first)) return items;
    const { path, mode, uid, gid, mtime } = first.entry;
    return [...items, { path: `${path} again`, type: 'file', mode, uid, gid, mtime, size: 0, hardlink: path }];
  });

/** What a tree says of an item. */
function expected(item: Leaf): LayerEntry {
  return 'entry' in item ? { ...item.entry, digest: digestOf(item.content) } : item;
}

test('entries survive the way into a tar, its index and a tree', async () => {
  await fc.assert(
    fc.asyncProperty(layer, async (items) => {
      const { layer: written, tar } = await writeLayer(items);
      const indexed = await indexLayer(streamOf(tar, 1000));
      expect(indexed).toEqual(written);

      const entries = [...openLayerTree(indexed.index, '/none').entries()];
      const [link] = entries.filter((entry) => entry.type !== 'whiteout' && entry.hardlink !== undefined);
      const others = items.filter((item) => 'entry' in item || item.type === 'whiteout' || item.hardlink === undefined);
      expect(entries.filter((entry) => entry !== link)).toEqual(others.map(expected));
    }),
    { numRuns: 60 },
  );
});

test('what readTar finds is what was written', async () => {
  await fc.assert(
    fc.asyncProperty(layer, async (items) => {
      const { tar } = await writeLayer(items);

      const read = (await readAll(tar, {}, 333)).filter(({ entry }) => entry.type !== 'opaque');

      expect(read.map(({ entry }) => entry.path)).toEqual(
        items.map((item) => ('entry' in item ? item.entry.path : item.path)),
      );
      expect(read.map(({ content }) => content)).toEqual(
        items.map((item) => ('entry' in item ? item.content.toString('latin1') : '')),
      );
    }),
    { numRuns: 40 },
  );
});

test('GNU tar lists every entry', async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, 'layer.tar');
  await fc.assert(
    fc.asyncProperty(layer, async (items) => {
      const { tar } = await writeLayer(items);
      await writeFile(path, tar);

      const { stdout } = await run('tar', ['--list', '--quoting-style=escape', '--file', path], { encoding: 'latin1' });

      const markers = items.filter((item) => !('entry' in item) && item.type === 'directory' && item.opaque === true);
      expect(stdout.split('\n').length - 1).toBe(items.length + markers.length);
    }),
    { numRuns: 15 },
  );
});

test('the same entries give the same bytes', async () => {
  const [first] = fc.sample(layer, { numRuns: 1, seed: 7 });
  if (first === undefined) throw new Error('no sample');

  const results = await Promise.all([writeLayer(first), writeLayer(first)]);

  expect(results[0]).toEqual(results[1]);
  expect(await collect(streamOf(results[0].tar))).toEqual(results[1].tar);
});
