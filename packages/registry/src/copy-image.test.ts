import { type Descriptor, digestOf, MAX_CONFIG_BYTES, MEDIA_TYPES, RegistryError, type Target } from '@tsbuild/core';
import { expect, test } from 'vitest';
import {
  blobOf,
  createMemoryTarget,
  jsonBytes,
  type SampleImage,
  sampleImage,
  streamOf,
} from '../../../test/support/registry/sample-image.ts';
import { type CopyProgress, copyImage } from './copy-image.ts';

/** A place that notes what is done to it. */
function recordingTarget(): Target & { readonly log: string[] } {
  const memory = createMemoryTarget();
  const log: string[] = [];
  return {
    ...memory,
    log,
    async push(target, content) {
      log.push(`push ${kindOf(target)}`);
      await memory.push(target, content);
    },
    async tag(target, reference) {
      log.push(`tag ${reference}`);
      await memory.tag(target, reference);
    },
  };
}

function kindOf({ mediaType }: Descriptor): string {
  return Object.entries(MEDIA_TYPES).find(([, type]) => type === mediaType)?.[0] ?? mediaType;
}

/** An index over images or other indexes, as a place to copy from. */
function indexOf(...parts: readonly SampleImage[]): SampleImage {
  const manifests = parts.map(({ manifest }) => manifest);
  const bytes = jsonBytes({ schemaVersion: 2, mediaType: MEDIA_TYPES.ociIndex, manifests });
  const manifest = blobOf(bytes, MEDIA_TYPES.ociIndex);
  const [first = sampleImage()] = parts;
  const holder = (target: Descriptor): SampleImage | undefined =>
    parts.find((part) => {
      try {
        return part.bytesOf(target).length >= 0;
      } catch {
        return false;
      }
    });
  const bytesOf = (target: Descriptor): Buffer =>
    target.digest === manifest.digest ? bytes : (holder(target) ?? first).bytesOf(target);
  return {
    ...first,
    manifest,
    bytesOf,
    fetch: async (target) => streamOf(bytesOf(target)),
    resolve: async () => manifest,
  };
}

test('blobs go first, then the manifest, then the tags', async () => {
  const to = recordingTarget();
  const image = sampleImage({ layerSizes: [1, 2] });

  await copyImage(image, to, 'any', { tags: ['a', 'b'], concurrency: 1 });

  expect(to.log).toEqual(['push ociLayer', 'push ociLayer', 'push ociConfig', 'push ociManifest', 'tag a', 'tag b']);
});

test('an index goes last, after every image that it names', async () => {
  const to = recordingTarget();
  const index = indexOf(sampleImage({ seed: 'a', layerSizes: [1] }), sampleImage({ seed: 'b', layerSizes: [1] }));

  expect(await copyImage(index, to, 'any')).toEqual(index.manifest);

  expect(to.log.filter((line) => line !== 'push ociLayer' && line !== 'push ociConfig')).toEqual([
    'push ociManifest',
    'push ociManifest',
    'push ociIndex',
  ]);
});

test('entries that the filter leaves out are not copied', async () => {
  const to = createMemoryTarget();
  const [wanted, unwanted] = [sampleImage({ seed: 'wanted' }), sampleImage({ seed: 'unwanted' })];

  await copyImage(indexOf(wanted, unwanted), to, 'any', { filter: ({ digest }) => digest === wanted.manifest.digest });

  expect(to.contents.has(wanted.manifest.digest)).toBe(true);
  expect(to.contents.has(unwanted.manifest.digest)).toBe(false);
});

test('a layer that stands twice in an image is copied once', async () => {
  const to = recordingTarget();
  const layer = Buffer.from('same');

  await copyImage(sampleImage({ layers: [layer, layer] }), to, 'any');

  expect(to.log.filter((line) => line === 'push ociLayer')).toHaveLength(1);
});

test('three blobs are in flight at most', async () => {
  const to = createMemoryTarget();
  let [inFlight, most] = [0, 0];
  const counting: Target = {
    ...to,
    async push(target, content) {
      most = Math.max(most, ++inFlight);
      await new Promise((resolve) => setTimeout(resolve, 5));
      await to.push(target, content);
      inFlight--;
    },
  };

  await copyImage(sampleImage({ layerSizes: [1, 2, 3, 4, 5, 6] }), counting, 'any');

  expect(most).toBe(3);
});

test('progress is told blob by blob', async () => {
  const to = createMemoryTarget();
  const image = sampleImage({ layers: [Buffer.alloc(100_000)] });
  await to.push(image.config, streamOf(image.bytesOf(image.config)));
  const progress: CopyProgress[] = [];

  await copyImage(image, to, 'any', { concurrency: 1, onProgress: (step) => progress.push(step) });

  expect(progress.map(({ descriptor, current, status }) => `${kindOf(descriptor)} ${status} ${current}`)).toEqual([
    'ociLayer copying 65536',
    'ociLayer copying 100000',
    'ociLayer copied 100000',
    `ociConfig exists ${image.config.size}`,
    `ociManifest copied ${image.manifest.size}`,
  ]);
});

test('what can be mounted is not sent', async () => {
  const to = recordingTarget();
  const image = sampleImage();

  await copyImage(image, to, 'any', { mount: async ({ digest }) => digest !== image.config.digest });

  expect(to.log).toEqual(['push ociConfig', 'push ociManifest']);
});

test('a blob alone can be copied', async () => {
  const to = recordingTarget();
  const image = sampleImage();

  await copyImage(image, to, image.config);

  expect(to.log).toEqual(['push ociConfig']);
});

test('a transfer that may succeed later is begun anew, with a fresh stream', async () => {
  const to = createMemoryTarget();
  let failures = 2;
  const flaky: Target = {
    ...to,
    async push(target, content) {
      if (target.mediaType === MEDIA_TYPES.ociLayer && failures-- > 0) {
        for await (const _ of content) break;
        throw new RegistryError('ERR_TSBUILD_REGISTRY', 'cut', { isTemporary: true });
      }
      await to.push(target, content);
    },
  };
  const image = sampleImage({ layerSizes: [100_000] });

  await copyImage(image, flaky, 'any');

  expect(image.layers.map(({ digest }) => to.contents.get(digest)?.length)).toEqual([100_000]);
});

test('the first failure ends the others, and nothing is tagged', async () => {
  const to = recordingTarget();
  const image = sampleImage({ layerSizes: [1, 2, 3] });
  const failing: Target = { ...to, push: async () => Promise.reject(new Error('disk full')) };

  await expect(copyImage(image, failing, 'any', { tags: ['v1'] })).rejects.toThrow('disk full');

  expect(to.log).toEqual([]);
});

test('indexes within indexes end somewhere', async () => {
  let image = sampleImage();
  for (let depth = 0; depth < 6; depth++) image = indexOf(image);

  await expect(copyImage(image, createMemoryTarget(), 'any')).rejects.toThrow('indexes are nested more than 4 deep');
});

test('a config that is called huge is not fetched', async () => {
  const config = { mediaType: MEDIA_TYPES.ociConfig, digest: digestOf('x'), size: MAX_CONFIG_BYTES + 1 };
  const bytes = jsonBytes({ schemaVersion: 2, mediaType: MEDIA_TYPES.ociManifest, config, layers: [] });
  const from = { resolve: async () => blobOf(bytes, MEDIA_TYPES.ociManifest), fetch: async () => streamOf(bytes) };

  await expect(copyImage(from, createMemoryTarget(), 'any')).rejects.toMatchObject({ code: 'ERR_TSBUILD_TOO_LARGE' });
});

test('a signal stops the copy', async () => {
  const controller = new AbortController();
  const image = sampleImage();
  const from = {
    ...image,
    async fetch(target: Descriptor) {
      controller.abort(new Error('enough'));
      return image.fetch(target);
    },
  };

  await expect(copyImage(from, createMemoryTarget(), 'any', { signal: controller.signal })).rejects.toThrow('enough');
});
