import { type ContentFetcher, type Descriptor, digestOf, MEDIA_TYPES } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { readArtifact } from './artifact.ts';

const PLATFORM = { os: 'linux', architecture: 'amd64' };
const CONFIG = Buffer.from('{"layers":[],"records":[]}');
const BUILDKIT = 'application/vnd.buildkit.cacheconfig.v0';

function described(bytes: Buffer, mediaType: string): Descriptor {
  return { mediaType, digest: digestOf(bytes), size: bytes.length };
}

/** A place that has these blobs. */
function place(...blobs: readonly Buffer[]): ContentFetcher {
  return {
    async fetch({ digest }) {
      const found = blobs.find((bytes) => digestOf(bytes) === digest) ?? Buffer.alloc(0);
      return (async function* () {
        yield found;
      })();
    },
  };
}

function manifest(config: Descriptor, layers: readonly Descriptor[] = []): Buffer {
  return Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: MEDIA_TYPES.ociManifest, config, layers }));
}

test('a cache of BuildKit, as an index or as a manifest, is told as what it is', async () => {
  const config = described(CONFIG, BUILDKIT);
  const index = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: MEDIA_TYPES.ociIndex, manifests: [config] }));
  const image = manifest(config);

  for (const [bytes, type] of [
    [index, MEDIA_TYPES.ociIndex],
    [image, MEDIA_TYPES.ociManifest],
  ] as const) {
    const reading = readArtifact(place(bytes, CONFIG), described(bytes, type), [PLATFORM], undefined);
    await expect(reading).rejects.toThrow('it is a cache of BuildKit');
  }
});

test('an image without records is none, nor is an index without the platform', async () => {
  const image = manifest(described(CONFIG, MEDIA_TYPES.ociConfig));
  const other = { ...described(image, MEDIA_TYPES.ociManifest), platform: { os: 'linux', architecture: 'arm64' } };
  const index = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: MEDIA_TYPES.ociIndex, manifests: [other] }));
  const read = (bytes: Buffer, type: string) =>
    readArtifact(place(bytes, image), described(bytes, type), [PLATFORM], undefined);

  await expect(read(image, MEDIA_TYPES.ociManifest)).rejects.toThrow(
    'it is an image that carries no records of tsbuild',
  );
  await expect(read(index, MEDIA_TYPES.ociIndex)).rejects.toThrow('without an image of the platform that is built');
});

test('a manifest that is not what its digest says is not read', async () => {
  const bytes = manifest(described(CONFIG, BUILDKIT));
  const lying = { ...described(bytes, MEDIA_TYPES.ociManifest), digest: digestOf('other') };

  const reading = readArtifact({ fetch: () => place(bytes).fetch(described(bytes, '')) }, lying, [PLATFORM], undefined);

  await expect(reading).rejects.toMatchObject({ code: 'ERR_TSBUILD_DIGEST_MISMATCH' });
});
