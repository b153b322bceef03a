import { digestOf, MEDIA_TYPES, NotFoundError, SizeMismatchError } from '@tsbuild/core';
import { copyImage, type RemoteRepository } from '@tsbuild/registry';
import { afterAll, expect } from 'vitest';
import { blobOf, bytesFrom, jsonBytes, noise, sampleImage, streamOf } from './sample-image.ts';

/** A registry that is up, seen through a client. */
export interface OpenRegistry extends AsyncDisposable {
  repository(name: string): RemoteRepository;
}

type DefineTest = (title: string, run: () => Promise<void>) => void;

/**
 * What every repository of every registry does, as tests of the suite that calls this; all use one registry, each its
 * own repositories. `define` says which parts the tests need.
 */
export function repositoryContract(define: DefineTest, open: () => Promise<OpenRegistry>): void {
  let opened: OpenRegistry | undefined;
  let tests = 0;
  afterAll(() => opened?.[Symbol.asyncDispose]());

  const testIn = (title: string, run: (registry: Pick<OpenRegistry, 'repository'>) => Promise<void>): void =>
    define(title, async () => {
      const prefix = `test-${++tests}`;
      opened ??= await open();
      const registry = opened;
      await run({ repository: (name) => registry.repository(`${prefix}/${name}`) });
    });

  testIn('a blob comes back as it was pushed', async (registry) => {
    const repository = registry.repository('team/app');
    const bytes = noise('blob', 3_000_000);
    const blob = blobOf(bytes);

    expect(await repository.exists(blob)).toBe(false);
    await repository.push(blob, streamOf(bytes));

    expect(await repository.exists(blob)).toBe(true);
    expect((await bytesFrom(await repository.fetch(blob))).equals(bytes)).toBe(true);
  });

  testIn('an empty blob can be pushed', async (registry) => {
    const repository = registry.repository('app');
    const blob = blobOf(Buffer.alloc(0));

    await repository.push(blob, streamOf(Buffer.alloc(0)));

    expect(await repository.exists(blob)).toBe(true);
  });

  testIn('content that is not what its descriptor says is refused, and nothing is kept', async (registry) => {
    const repository = registry.repository('app');
    const bytes = noise('true', 200_000);
    const blob = blobOf(bytes);

    await expect(repository.push(blob, streamOf(noise('false', 200_000)))).rejects.toMatchObject({
      code: 'ERR_TSBUILD_DIGEST_MISMATCH',
    });
    await expect(repository.push(blob, streamOf(bytes.subarray(1)))).rejects.toBeInstanceOf(SizeMismatchError);
    await expect(repository.push(blob, streamOf(Buffer.concat([bytes, bytes])))).rejects.toBeInstanceOf(
      SizeMismatchError,
    );

    expect(await repository.exists(blob)).toBe(false);
  });

  testIn('an image is copied in, tagged, resolved, and copied out', async (registry) => {
    const image = sampleImage();
    const repository = registry.repository('team/app');

    await copyImage(image, repository, image.manifest, { tags: ['v1', 'latest'] });

    expect(await repository.resolve('v1')).toEqual(image.manifest);
    expect(await repository.resolve(image.manifest.digest)).toEqual(image.manifest);
    await copyImage(repository, registry.repository('team/copy'), 'latest', { tags: ['v2'] });
    expect(await registry.repository('team/copy').resolve('v2')).toEqual(image.manifest);
  });

  testIn('an index is copied with the images it names', async (registry) => {
    const image = sampleImage();
    const index = { schemaVersion: 2, mediaType: MEDIA_TYPES.ociIndex, manifests: [image.manifest] };
    const bytes = jsonBytes(index);
    const descriptor = blobOf(bytes, MEDIA_TYPES.ociIndex);
    const from = {
      resolve: async () => descriptor,
      fetch: async (target: typeof descriptor) =>
        target.digest === descriptor.digest ? streamOf(bytes) : image.fetch(target),
    };
    const repository = registry.repository('app');

    await copyImage(from, repository, 'whatever', { tags: ['multi'] });

    expect(await repository.resolve('multi')).toEqual(descriptor);
    expect(await repository.resolve(image.manifest.digest)).toEqual(image.manifest);
  });

  testIn('a tag moves, and tags are listed', async (registry) => {
    const [old, young] = [sampleImage({ seed: 'old' }), sampleImage({ seed: 'young' })];
    const repository = registry.repository('app');
    await copyImage(old, repository, old.manifest, { tags: ['a', 'b'] });
    await copyImage(young, repository, young.manifest);

    await repository.tag(young.manifest, 'b');

    expect(await repository.resolve('a')).toEqual(old.manifest);
    expect(await repository.resolve('b')).toEqual(young.manifest);
    const tags: string[] = [];
    for await (const tag of repository.tags()) tags.push(tag);
    expect(tags.sort()).toEqual(['a', 'b']);
  });

  testIn('a blob is mounted from another repository without being sent', async (registry) => {
    const bytes = noise('mounted', 10_000);
    const blob = blobOf(bytes);
    await registry.repository('first').push(blob, streamOf(bytes));
    const second = registry.repository('second');

    const from = registry.repository('first').reference.repository;
    expect(await second.mount(blob, from)).toBe(true);
    expect(await second.mount(blobOf(noise('unknown', 10)), from)).toBe(false);

    expect((await bytesFrom(await second.fetch(blob))).equals(bytes)).toBe(true);
  });

  testIn('what is not there is said to be not there', async (registry) => {
    const repository = registry.repository('team/app');
    const missing = blobOf(noise('missing', 10));

    await expect(repository.resolve('nope')).rejects.toBeInstanceOf(NotFoundError);
    await expect(repository.resolve('nope')).rejects.toThrow(/team\/app:nope/);
    await expect(repository.fetch(missing)).rejects.toBeInstanceOf(NotFoundError);
    await expect(repository.delete(missing)).rejects.toBeInstanceOf(NotFoundError);
  });

  testIn('content is deleted', async (registry) => {
    const image = sampleImage();
    const repository = registry.repository('app');
    await copyImage(image, repository, image.manifest, { tags: ['v1'] });

    await repository.delete(image.manifest);

    await expect(repository.resolve('v1')).rejects.toBeInstanceOf(NotFoundError);
  });

  testIn('referrers of an image are found by type', async (registry) => {
    const image = sampleImage();
    const repository = registry.repository('app');
    await copyImage(image, repository, image.manifest);
    const signature = sampleImage({
      seed: 's',
      layerSizes: [10],
      subject: image.manifest,
      artifactType: 'test/signature',
    });
    const sbom = sampleImage({ seed: 'b', layerSizes: [10], subject: image.manifest, artifactType: 'test/sbom' });
    await copyImage(signature, repository, signature.manifest);
    await copyImage(sbom, repository, sbom.manifest);

    const all = await repository.referrers(image.manifest.digest);
    const sboms = await repository.referrers(image.manifest.digest, 'test/sbom');

    expect(all.map(({ digest }) => digest).sort()).toEqual([signature.manifest.digest, sbom.manifest.digest].sort());
    expect(sboms.map(({ digest }) => digest)).toEqual([sbom.manifest.digest]);
    expect(await repository.referrers(digestOf('nobody'))).toEqual([]);

    await repository.delete(sbom.manifest);

    const left = await repository.referrers(image.manifest.digest);
    expect(left.map(({ digest }) => digest)).toEqual([signature.manifest.digest]);
  });
}
