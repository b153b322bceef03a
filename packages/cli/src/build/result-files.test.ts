import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf } from '@tsbuild/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildMetadata, resultId } from './metadata.ts';
import { writeWholeFile } from './write-file.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tsbuild-result-'));
});

afterEach(() => rm(folder, { recursive: true }));

test('a file is replaced as a whole', async () => {
  const path = join(folder, 'iid');
  await writeFile(path, 'old and longer');
  await writeWholeFile(path, 'new');
  expect([await readFile(path, 'utf8'), await readdir(folder)]).toEqual(['new', ['iid']]);
});

test('what cannot be written is named, and leaves nothing behind', async () => {
  await mkdir(join(folder, 'a'));
  await expect(writeWholeFile(join(folder, 'b/iid'), 'x')).rejects.toMatchObject({
    code: 'ERR_TSBUILD_OUTPUT',
    message: `cannot write ${join(folder, 'b/iid')}: its folder does not exist`,
  });
  await expect(writeWholeFile(join(folder, 'a'), 'x')).rejects.toMatchObject({
    message: `cannot write ${join(folder, 'a')}: it is a folder`,
  });
  expect(await readdir(folder)).toEqual(['a']);
});

test("metadata has buildx's keys for the first output, and ours", () => {
  const descriptor = { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: digestOf('m'), size: 1 };
  const config = { architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: [] } } as const;
  const unasked = () => Promise.reject(new Error('not asked for'));
  const image = { id: digestOf('c'), config, tree: unasked, run: unasked, layers: unasked };
  const outputs = [{ type: 'oci', dest: 'a.tar', descriptor }] as const;
  const steps = [{ name: 'COPY a /', label: '[1/1] COPY a /', status: 'cached', durationMs: 1 }] as const;
  const images = { 'linux/amd64': image };
  const result = { image, images, outputs, steps, warnings: [], attestations: {} };
  expect(resultId(result)).toBe(digestOf('c'));
  expect(buildMetadata(result, ['app', 'localhost:5000/app:1'])).toEqual({
    'containerimage.config.digest': digestOf('c'),
    'containerimage.descriptor': descriptor,
    'containerimage.digest': digestOf('m'),
    'image.name': 'docker.io/library/app:latest,localhost:5000/app:1',
    'tsbuild.outputs': outputs,
    'tsbuild.steps': steps,
    'tsbuild.warnings': [],
  });
});

test('of several platforms the index is what is told', () => {
  const descriptor = { mediaType: 'application/vnd.oci.image.index.v1+json', digest: digestOf('i'), size: 1 };
  const config = { architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: [] } } as const;
  const unasked = () => Promise.reject(new Error('not asked for'));
  const image = { id: digestOf('c'), config, tree: unasked, run: unasked, layers: unasked };
  const outputs = [{ type: 'oci', dest: 'a.tar', descriptor }] as const;
  const result = {
    image,
    images: { 'linux/amd64': image, 'linux/arm64': image },
    outputs,
    steps: [],
    warnings: [],
    attestations: {},
  };
  expect(resultId(result)).toBe(digestOf('i'));
  expect(buildMetadata(result, [])).toEqual({
    'containerimage.descriptor': descriptor,
    'containerimage.digest': digestOf('i'),
    'tsbuild.outputs': outputs,
    'tsbuild.steps': [],
    'tsbuild.warnings': [],
  });
});

test('provenance stands under the key that buildx has for it, of several platforms under one each', () => {
  const config = { architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: [] } } as const;
  const unasked = () => Promise.reject(new Error('not asked for'));
  const image = { id: digestOf('c'), config, tree: unasked, run: unasked, layers: unasked };
  const sbom = { predicateType: 'https://spdx.dev/Document', predicate: {} };
  const provenance = { predicateType: 'https://slsa.dev/provenance/v1', predicate: { runDetails: {} } };
  const one = { 'linux/amd64': [sbom, provenance] };
  const result = { image, images: { 'linux/amd64': image }, outputs: [], steps: [], warnings: [] };
  expect(buildMetadata({ ...result, attestations: one }, [])).toMatchObject({
    'buildx.build.provenance': { runDetails: {} },
  });
  expect(buildMetadata({ ...result, attestations: { ...one, 'linux/arm64': [provenance] } }, [])).toMatchObject({
    'buildx.build.provenance/linux/amd64': { runDetails: {} },
    'buildx.build.provenance/linux/arm64': { runDetails: {} },
  });
});
