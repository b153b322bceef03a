import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createBuilder } from '../builder.ts';
import type { Builder } from '../builder-types.ts';
import { tarHeader } from '../export/tar-file.ts';

let folder: string;
let builder: Builder;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'load-'));
  builder = await createBuilder({ root: join(folder, 'store') });
});
afterEach(async () => {
  await builder[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

type File = readonly [name: string, content: string | Buffer];

function tarOf(...files: readonly File[]): Buffer {
  const parts = files.flatMap(([name, content]) => {
    const bytes = Buffer.from(content);
    return [tarHeader(name, bytes.length), bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
  });
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}

/** A header turned into that of a link. */
function linkTar(name: string, target: string): Buffer {
  const header = tarHeader(name, 0);
  header.write('2', 156, 'latin1');
  header.write(target, 157, 'latin1');
  header.write('        ', 148, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
}

async function* pieces(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 700) yield bytes.subarray(at, at + 700);
}

function sha256(bytes: string | Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

const LAYER = tarOf(['hello', 'hello\n']);
const CONFIG = JSON.stringify({
  architecture: 'amd64',
  os: 'linux',
  config: { Cmd: ['/hello'] },
  rootfs: { type: 'layers', diff_ids: [`sha256:${sha256(LAYER)}`] },
});
const ID = `sha256:${sha256(CONFIG)}`;

function dockerManifest(entry: object): string {
  return JSON.stringify([{ Config: 'config.json', RepoTags: ['app:1', 'app:2'], Layers: ['a/layer.tar'], ...entry }]);
}

const load = (archive: Buffer) => builder.load(pieces(archive));
const blobs = () => readdir(join(folder, 'store/blobs/sha256')).catch(() => []);

test.each([
  ['plain', (bytes: Buffer) => bytes],
  ['compressed', (bytes: Buffer) => gzipSync(bytes)],
])('an old docker archive, %s', async (_, pack) => {
  const archive = tarOf(
    ['a/VERSION', '1.0'],
    ['a/layer.tar', LAYER],
    ['config.json', CONFIG],
    ['repositories', '{}'],
    ['manifest.json', dockerManifest({})],
  );

  expect(await load(pack(archive))).toEqual([
    { id: ID, tag: 'app:1' },
    { id: ID, tag: 'app:2' },
  ]);
  expect((await (await (await builder.image('app:2')).tree()).read('hello')).toString()).toBe('hello\n');
  // Layer, config and manifest: what the archive held beside them is not kept.
  expect(await blobs()).toHaveLength(3);
});

test('layers that are links to another, and compressed ones', async () => {
  const twice = JSON.stringify({
    ...JSON.parse(CONFIG),
    rootfs: { type: 'layers', diff_ids: [1, 2, 3].map(() => `sha256:${sha256(LAYER)}`) },
  });
  const archive = Buffer.concat([
    linkTar('b/layer.tar', '../a/layer.tar'),
    tarOf(
      ['a/layer.tar', LAYER],
      ['c/layer.tar', gzipSync(LAYER)],
      ['config.json', twice],
      ['manifest.json', dockerManifest({ RepoTags: null, Layers: ['./a/layer.tar', 'b/layer.tar', 'c/layer.tar'] })],
    ),
  ]);

  const id = `sha256:${sha256(twice)}`;
  expect(await load(archive)).toEqual([{ id, tag: undefined }]);
  expect((await builder.images()).map(({ reference }) => reference)).toEqual([undefined]);
  expect((await (await (await builder.image(id)).tree()).read('hello')).toString()).toBe('hello\n');
});

function layout(annotations: object, layer = LAYER): readonly File[] {
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: ID, size: CONFIG.length },
    layers: [
      { mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: `sha256:${sha256(LAYER)}`, size: LAYER.length },
    ],
  });
  const entry = {
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    digest: `sha256:${sha256(manifest)}`,
    size: manifest.length,
    annotations,
  };
  return [
    ['oci-layout', '{"imageLayoutVersion":"1.0.0"}'],
    ['index.json', JSON.stringify({ schemaVersion: 2, manifests: [entry] })],
    [`blobs/sha256/${sha256(manifest)}`, manifest],
    [`blobs/sha256/${sha256(CONFIG)}`, CONFIG],
    [`blobs/sha256/${sha256(LAYER)}`, layer],
  ];
}

test.each([
  [{ 'io.containerd.image.name': 'docker.io/library/app:1' }, 'app:1'],
  [{ 'org.opencontainers.image.ref.name': 'localhost:5000/app:1' }, 'localhost:5000/app:1'],
  [{ 'org.opencontainers.image.ref.name': 'latest' }, undefined],
])('an OCI archive whose image is called %j', async (annotations, tag) => {
  expect(await load(tarOf(...layout(annotations)))).toEqual([{ id: ID, tag }]);
});

test.each([
  ['no archive at all', Buffer.from('hello'.repeat(300)), 'damaged archive'],
  ['no images', tarOf(['etc/passwd', 'root']), 'the archive holds no images'],
  [
    'another layer than its config says',
    tarOf(['a/layer.tar', tarOf(['x', 'y'])], ['config.json', CONFIG], ['manifest.json', dockerManifest({})]),
    `expected sha256:${sha256(LAYER)}`,
  ],
  [
    'a missing layer',
    tarOf(['config.json', CONFIG], ['manifest.json', dockerManifest({})]),
    'names "a/layer.tar", which is not in it',
  ],
  [
    'a layer outside of it',
    Buffer.concat([
      linkTar('a/layer.tar', '/etc/passwd'),
      tarOf(['config.json', CONFIG], ['manifest.json', dockerManifest({})]),
    ]),
    'names "a/layer.tar", which is not in it',
  ],
  [
    'a second image that is not whole',
    tarOf(
      ['a/layer.tar', LAYER],
      ['config.json', CONFIG],
      ['manifest.json', JSON.stringify([...JSON.parse(dockerManifest({})), { Config: 'nope', Layers: [] }])],
    ),
    'names "nope", which is not in it',
  ],
  ['a name that climbs out', tarOf(['../manifest.json', '[]']), 'leads out of the root'],
  ['a manifest that is no list', tarOf(['manifest.json', '{}']), "the archive's manifest.json is not a list"],
  ['a blob that is not what it is called', tarOf(...layout({}, Buffer.from('other'))), 'the archive holds no images'],
  [
    'an end before its time',
    tarOf(['a/layer.tar', LAYER], ['config.json', CONFIG]).subarray(0, 2000),
    'unexpected EOF',
  ],
])('%s is an error and nothing is kept', async (_, archive, problem) => {
  await expect(load(archive)).rejects.toThrow(problem);

  expect(await blobs()).toEqual([]);
  expect(await builder.images()).toEqual([]);
});

test('what the store had before a failed load stays', async () => {
  await load(tarOf(...layout({ 'io.containerd.image.name': 'app:1' })));
  const archive = tarOf(['a/layer.tar', LAYER], ['junk', 'junk'], ['config.json', CONFIG], ['manifest.json', '[1]']);

  await expect(load(archive)).rejects.toThrow('an entry without Config');
  expect(await blobs()).toHaveLength(3);
});
