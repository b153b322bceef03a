import { expect, test } from 'vitest';
import { parseImageConfig, parseManifestOrIndex } from './image.ts';

const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));
const DIGEST = 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const BLOB = { mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: DIGEST, size: 0 };

test('null members, as Docker writes them, are absent', () => {
  const config = parseImageConfig(
    bytes({
      architecture: 'amd64',
      os: 'linux',
      rootfs: { type: 'layers', diff_ids: [] },
      config: { Cmd: ['sh'], Volumes: null },
    }),
  );
  expect(config.config).toEqual({ Cmd: ['sh'] });
});

test.each([
  ['not JSON', Buffer.from('{'), 'image config is not JSON'],
  ['a list', bytes([]), 'image config is not a JSON object'],
  ['no layers', bytes({ architecture: 'a', os: 'l' }), 'image config has no valid rootfs.diff_ids'],
  [
    'a bad diffID',
    bytes({ architecture: 'a', os: 'l', rootfs: { diff_ids: ['x'] } }),
    'image config has no valid rootfs.diff_ids',
  ],
  ['no os', bytes({ architecture: 'a', rootfs: { diff_ids: [] } }), 'image config has no os'],
  [
    'Env of numbers',
    bytes({ architecture: 'a', os: 'l', rootfs: { diff_ids: [] }, config: { Env: [1] } }),
    'image config.Env is not a list of strings',
  ],
  [
    'Labels of numbers',
    bytes({ architecture: 'a', os: 'l', rootfs: { diff_ids: [] }, config: { Labels: { a: 1 } } }),
    'image config.Labels is not an object of strings',
  ],
  [
    'a history that is none',
    bytes({ architecture: 'a', os: 'l', rootfs: { diff_ids: [] }, history: { length: 1 } }),
    'image config.history is not a list of objects',
  ],
  [
    'a number in its history',
    bytes({ architecture: 'a', os: 'l', rootfs: { diff_ids: [] }, history: [{ created_by: 1 }] }),
    'image config.history.created_by is not a string',
  ],
  ['levels without number', Buffer.from('['.repeat(101)), 'image config is nested more than 100 levels deep'],
])('a config with %s is refused', (_, input, message) => {
  expect(() => parseImageConfig(input)).toThrow(message);
});

test.each([
  ['a version other than 2', { schemaVersion: 1 }, 'manifest has no schemaVersion 2'],
  ['a foreign type', { schemaVersion: 2, mediaType: 'text/html' }, 'unknown manifest type "text/html"'],
  ['no config', { schemaVersion: 2, layers: [] }, 'manifest has no valid config descriptor'],
  [
    'a negative size',
    { schemaVersion: 2, config: { ...BLOB, size: -1 }, layers: [] },
    'manifest has no valid config descriptor',
  ],
  ['layers that are no list', { schemaVersion: 2, config: BLOB, layers: {} }, 'manifest has no valid list of layers'],
])('a manifest with %s is refused', (_, input, message) => {
  expect(() => parseManifestOrIndex(bytes(input))).toThrow(message);
});

const IMAGE = { schemaVersion: 2, config: BLOB, layers: [] };
const [MANIFEST, INDEX] = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];

test.each([
  [
    'told as an index',
    { ...IMAGE, mediaType: MANIFEST },
    INDEX,
    `a document that is told to be ${INDEX} says that it is ${MANIFEST}`,
  ],
  [
    'told as a manifest',
    { schemaVersion: 2, mediaType: INDEX, manifests: [] },
    MANIFEST,
    `a document that is told to be ${MANIFEST} says that it is ${INDEX}`,
  ],
  ['with parts of an index', { ...IMAGE, manifests: [] }, MANIFEST, 'manifest has parts of an index'],
  ['with parts of a manifest', { ...IMAGE, manifests: [] }, INDEX, 'index has parts of a manifest'],
])('a document %s is refused: others may take it for the other kind', (_, input, told, message) => {
  expect(() => parseManifestOrIndex(bytes(input), told)).toThrow(message);
});

test('brackets in texts are no levels', () => {
  const annotations = { a: '["'.repeat(200), b: '\\' };

  expect(parseManifestOrIndex(bytes({ ...IMAGE, annotations }))).toMatchObject({ annotations });
});
