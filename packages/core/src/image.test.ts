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
