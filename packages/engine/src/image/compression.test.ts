import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MEDIA_TYPES } from '@tsbuild/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createBuilder } from '../builder.ts';
import type { ImageOutputOptions } from '../options.ts';

const FILES = { a: 'alpha '.repeat(100_000), b: 'beta' };
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'compression-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Builds on a base that has gzip layers and tells the layers of the output. */
async function layersOf(options: ImageOutputOptions) {
  await using builder = await createBuilder({ root: join(folder, 'store') });
  const base = 'FROM scratch\nCOPY a /\n';
  await builder.build({
    context: { files: FILES },
    dockerfile: base,
    outputs: [{ type: 'image', name: 'base', compression: 'gzip' }],
  });
  const dest = join(folder, 'out');
  const { outputs, image } = await builder.build({
    context: { files: FILES },
    dockerfile: 'FROM base\nCOPY b /\n',
    outputs: [{ type: 'oci', dest, tar: false, ...options }],
  });
  const [output] = outputs;
  const blob = (digest = '') => join(dest, 'blobs/sha256', digest.slice('sha256:'.length));
  const { layers } = JSON.parse(await readFile(blob(output?.descriptor?.digest), 'utf8'));
  for (const { digest, size } of layers) {
    expect((await stat(blob(digest))).size).toBe(size);
    expect(
      `sha256:${createHash('sha256')
        .update(await readFile(blob(digest)))
        .digest('hex')}`,
    ).toBe(digest);
  }
  return { types: layers.map(({ mediaType }: { mediaType: string }) => mediaType), layers, id: image.id };
}

const { ociLayer, ociLayerGzip, ociLayerZstd } = MEDIA_TYPES;

test.each([
  [{}, [ociLayerGzip, ociLayerGzip]],
  [{ compression: 'zstd' }, [ociLayerGzip, ociLayerZstd]],
  [{ compression: 'zstd', compressionLevel: 9, forceCompression: true }, [ociLayerZstd, ociLayerZstd]],
  [{ compression: 'uncompressed', forceCompression: true }, [ociLayer, ociLayer]],
] as const)('%j gives the layers %j', async (options, types) => {
  expect((await layersOf(options)).types).toEqual(types);
});

test('a forced compression that the base has leaves its layers alone; a level does not', async () => {
  const plain = await layersOf({});
  const same = await layersOf({ forceCompression: true });
  const stronger = await layersOf({ forceCompression: true, compressionLevel: 0 });

  expect(same.layers).toEqual(plain.layers);
  expect(stronger.layers[0].size).toBeGreaterThan(600_000);
  expect(stronger.id).toBe(plain.id);
});
