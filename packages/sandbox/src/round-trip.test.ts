import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestHex, digestOf, type Ingest, type LayerEntry, type WrittenLayer } from '@tsbuild/core';
import { createLayerWriter, createTarParser } from '@tsbuild/layer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { needsRoot } from '../test/fixture.ts';
import type { FolderFormat } from './archive-job.ts';
import { insideRoot } from './archiver/chroot.ts';
import { LayerFolder } from './archiver/hiding.ts';
import { LowerFolders } from './archiver/lower-folders.ts';
import { Packer } from './archiver/pack.ts';
import { Unpacker } from './archiver/unpack.ts';

const FORMAT: FolderFormat = { overlay: 'trusted', owners: 'real' };
/** Times count, and none of the generated ones is that of the test. */
const IDENTITY = { timesCount: true, stepWindow: { from: 1, to: 2 } };
/** `cap_net_bind_service=ep` as the kernel keeps it. */
const CAPABILITY = Buffer.from('0100000200040000000000000000000000000000', 'hex');

interface Item {
  readonly entry: LayerEntry;
  readonly content?: Buffer;
}

/** Names with everything that file systems allow. */
const name = fc
  .oneof(
    fc.string({ minLength: 1, maxLength: 12 }),
    fc.constantFrom('caf\udce9', 'x'.repeat(120), 'new\nline', '-rf', '...', 'ü', '😀', '\\', '"'),
  )
  .filter((text) => !/[/\0]/.test(text) && text !== '.' && text !== '..' && !text.startsWith('.wh.'));

const metadata = fc.record({
  mode: fc.integer({ min: 0, max: 0o7777 }),
  uid: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff_fffe })),
  gid: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff_fffe })),
  mtime: fc.integer({ min: 10, max: 2 ** 31 - 1 }),
});

function leafAt(path: string): fc.Arbitrary<Item> {
  const attributes = fc.constantFrom(
    {},
    {},
    { 'security.capability': CAPABILITY },
    { 'user.\n': Buffer.from('a\0\xff') },
  );
  const file = fc.tuple(metadata, fc.uint8Array({ maxLength: 3000 }), attributes).map(([meta, bytes, xattrs]): Item => {
    const entry = { path, type: 'file', ...meta, size: bytes.length, xattrs } as const;
    return { entry, content: Buffer.from(bytes) };
  });
  const link = fc
    .tuple(
      metadata,
      fc.string({ minLength: 1, maxLength: 150 }).filter((target) => !target.includes('\0')),
    )
    .map(
      ([meta, linkTarget]): Item => ({ entry: { path, type: 'symlink', ...meta, mode: 0o777, size: 0, linkTarget } }),
    );
  const device = fc
    .tuple(metadata, fc.integer({ min: 1, max: 4095 }), fc.integer({ min: 0, max: 1_048_575 }))
    .map(
      ([meta, major, minor]): Item => ({ entry: { path, type: 'char', ...meta, size: 0, device: { major, minor } } }),
    );
  const fifo = metadata.map((meta): Item => ({ entry: { path, type: 'fifo', ...meta, size: 0 } }));
  return fc.oneof({ arbitrary: file, weight: 4 }, link, device, fifo);
}

/** A tree of two levels, and a further name for its first file. */
const tree: fc.Arbitrary<Item[]> = fc
  .uniqueArray(name, { minLength: 1, maxLength: 4 })
  .chain((folders) => fc.tuple(...folders.map(folderAt)))
  .map((groups) => withHardlink(groups.flat()));

function folderAt(path: string): fc.Arbitrary<Item[]> {
  return fc.tuple(metadata, fc.uniqueArray(name, { maxLength: 5 })).chain(([meta, names]) => {
    const folder: Item = { entry: { path, type: 'directory', ...meta, size: 0 } };
    return fc.tuple(...names.map((child) => leafAt(`${path}/${child}`))).map((leaves) => [folder, ...leaves]);
  });
}

function withHardlink(items: Item[]): Item[] {
  const first = items.find(({ entry }) => entry.type === 'file')?.entry;
  if (first?.type !== 'file') return items;
  return [...items, { entry: { ...first, path: '~ again', size: 0, hardlink: first.path } }];
}

class MemoryIngest implements Ingest {
  readonly #parts: Buffer[] = [];

  get bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }

  write(bytes: Uint8Array): void {
    this.#parts.push(Buffer.from(bytes));
  }

  async commit() {
    return { digest: digestOf(this.bytes), size: this.bytes.length };
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

async function toTar(items: readonly Item[]): Promise<{ tar: Buffer; layer: WrittenLayer }> {
  const ingest = new MemoryIngest();
  const writer = createLayerWriter(ingest, IDENTITY);
  for (const { entry, content } of items) {
    await writer.add(entry);
    if (content !== undefined && content.length > 0) await writer.content(content);
  }
  return { layer: await writer.finish(), tar: ingest.bytes };
}

/** What a RUN that made this folder would have written. */
async function toLayer(folder: string): Promise<WrittenLayer> {
  const writer = createLayerWriter(new MemoryIngest(), IDENTITY);
  const job = { kind: 'pack', upper: folder, lowers: [], format: FORMAT, stepWindow: IDENTITY.stepWindow } as const;
  await new Packer(job, writer, new LowerFolders('trusted')).pack();
  return await writer.finish();
}

/** Unpacks a tar below a new folder and says where. */
type Unpack = (tar: Buffer, folder: string) => string;

const ours: Unpack = (tar, folder) => {
  const umask = process.umask(0);
  try {
    insideRoot(folder, () => {
      const unpacker = new Unpacker(new LayerFolder('trusted'), FORMAT, true);
      const parser = createTarParser(unpacker);
      for (let at = 0; at < tar.length; at += 1000) parser.push(tar.subarray(at, at + 1000));
      parser.finish();
      unpacker.finish();
    });
  } finally {
    process.umask(umask);
  }
  return folder;
};

const gnuTar: Unpack = (tar, folder) => {
  const options = ['--numeric-owner', '--same-permissions', '--xattrs', '--xattrs-include=*', '--warning=no-timestamp'];
  execFileSync('tar', ['-x', ...options, '-C', folder, '-f', '-'], { input: tar });
  return folder;
};

const umoci: Unpack = (tar, folder) => {
  const layout = join(folder, 'layout');
  mkdirSync(join(layout, 'blobs/sha256'), { recursive: true });
  const blob = (mediaType: string, bytes: Buffer) => {
    const digest = digestOf(bytes);
    writeFileSync(join(layout, 'blobs/sha256', digestHex(digest)), bytes);
    return { mediaType: `application/vnd.oci.image.${mediaType}`, digest, size: bytes.length };
  };
  const layer = blob('layer.v1.tar', tar);
  const rootfs = { type: 'layers', diff_ids: [layer.digest] };
  const config = blob('config.v1+json', json({ architecture: 'amd64', os: 'linux', config: {}, rootfs }));
  const manifest = blob('manifest.v1+json', json({ schemaVersion: 2, config, layers: [layer] }));
  const annotations = { 'org.opencontainers.image.ref.name': 'it' };
  writeFileSync(join(layout, 'oci-layout'), json({ imageLayoutVersion: '1.0.0' }));
  writeFileSync(join(layout, 'index.json'), json({ schemaVersion: 2, manifests: [{ ...manifest, annotations }] }));
  execFileSync('umoci', ['unpack', '--image', `${layout}:it`, join(folder, 'bundle')], { stdio: 'pipe' });
  return join(folder, 'bundle/rootfs');
};

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

const CASES = [
  { by: 'our unpacker', unpack: ours, numRuns: 30, isMissing: false },
  { by: 'GNU tar', unpack: gnuTar, numRuns: 15, isMissing: false },
  { by: 'umoci', unpack: umoci, numRuns: 10, isMissing: spawnSync('umoci', ['--version']).status !== 0 },
];

describe.skipIf(needsRoot !== '')(`tree, layer, folder, layer${needsRoot}`, () => {
  for (const { by, unpack, numRuns, isMissing } of CASES) {
    test.skipIf(isMissing)(`what ${by} unpacks is, packed again, the layer that it was`, async () => {
      await fc.assert(
        fc.asyncProperty(tree, async (items) => {
          const folder = await mkdtemp(join(tmpdir(), 'round-trip-'));
          try {
            const { tar, layer } = await toTar(items);

            const again = await toLayer(unpack(tar, folder));

            expect(again.contentId).toBe(layer.contentId);
          } finally {
            await rm(folder, { recursive: true, force: true });
          }
        }),
        { numRuns },
      );
    });
  }
});
