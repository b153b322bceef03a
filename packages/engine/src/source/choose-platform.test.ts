import { digestOf, type ImageIndex, parsePlatform } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { choosePlatform } from './choose-platform.ts';

function indexOf(...platforms: readonly (string | undefined)[]): ImageIndex {
  const manifests = platforms.map((platform, at) => ({
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    digest: digestOf(String(at)),
    size: 1,
    ...(platform === undefined ? {} : { platform: parsePlatform(platform) }),
  }));
  return { schemaVersion: 2, manifests };
}

test.each([
  [['linux/arm64', 'linux/amd64'], 'linux/amd64', 1],
  [['linux/arm/v5', 'linux/arm/v7', 'linux/arm/v6'], 'linux/arm/v7', 1],
  [['linux/arm/v5', 'linux/arm/v6'], 'linux/arm/v7', 1],
  [['linux/amd64'], 'linux/amd64/v3', 0],
  [[undefined], 'linux/amd64', 0],
])('of %j the one for %s is number %i', (platforms, wanted, at) => {
  const index = indexOf(...platforms);
  expect(choosePlatform(index, parsePlatform(wanted), 'app')).toBe(index.manifests[at]);
});

test('attestations are no images', () => {
  const index = indexOf('linux/amd64');
  const attestation = {
    mediaType: 'x',
    digest: digestOf('a'),
    size: 1,
    platform: { os: 'unknown', architecture: 'unknown' },
  };
  const both = { ...index, manifests: [attestation, ...index.manifests] };
  expect(choosePlatform(both, parsePlatform('linux/amd64'), 'app')).toBe(index.manifests[0]);
});

test('a missing platform is named, and those that there are', () => {
  const index = indexOf('linux/amd64', 'linux/arm64');
  expect(() => choosePlatform(index, parsePlatform('linux/riscv64'), 'app:1')).toThrow(
    'image app:1 has no variant for linux/riscv64',
  );
  expect(() => choosePlatform(index, parsePlatform('linux/arm/v6'), 'app:1')).toThrow(
    expect.objectContaining({ hint: 'it offers linux/amd64, linux/arm64' }),
  );
});
