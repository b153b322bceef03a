import {
  type Descriptor,
  type Digest,
  formatPlatform,
  formatReference,
  hostPlatform,
  NotFoundError,
  type Platform,
  parsePlatform,
  parseReference,
  type ReadOnlyTarget,
  type Reference,
  samePlatform,
  type Target,
  TsbuildError,
  UsageError,
} from '@tsbuild/core';
import { copyImage } from '@tsbuild/registry';
import type { BuilderResources } from '../builder-resources.ts';
import type { ResolvedImage } from '../graph.ts';
import type { PullOptions } from './transfer-types.ts';

/** What a pull brought. */
export interface PulledImage {
  /** The complete name. */
  readonly reference: string;
  /** Digest of the config. */
  readonly id: Digest;
  /** Of the manifest or index that the registry has under the name. */
  readonly digest: Digest;
  /** False when the store had the same image under the name, complete. */
  readonly isNew: boolean;
}

type PullResources = Pick<BuilderResources, 'store' | 'images' | 'registry'>;

/** As many layers at once as Docker pulls. */
const LAYERS_AT_ONCE = 3;

/**
 * Fetches an image of a registry, with all layers of one platform, into the store. What the store has is not fetched.
 * @throws {TsbuildError} ERR_TSBUILD_IMAGE_NOT_FOUND, the registry's errors
 */
export async function pullImages(
  name: string,
  options: PullOptions,
  resources: PullResources,
): Promise<readonly PulledImage[]> {
  const reference = parseReference(name);
  const pulled: PulledImage[] = [];
  for (const each of await referencesToPull(name, reference, options, resources))
    pulled.push(await pullOne(each, options, resources));
  return pulled;
}

async function referencesToPull(
  name: string,
  reference: Reference,
  { allTags = false, signal }: PullOptions,
  { registry }: PullResources,
): Promise<readonly Reference[]> {
  if (!allTags) return [reference];
  const { tag: _, ...repository } = reference;
  if (name.includes('@') || /:[^/]*$/.test(name)) throw new UsageError("tag can't be used with --all-tags/-a");
  const found: Reference[] = [];
  for await (const tag of (await registry()).repository(reference).tags({ signal })) found.push({ ...repository, tag });
  return found;
}

async function pullOne(reference: Reference, options: PullOptions, resources: PullResources): Promise<PulledImage> {
  const { store, images } = resources;
  const { signal } = options;
  const platform = options.platform === undefined ? hostPlatform() : parsePlatform(options.platform);
  const name = formatReference(reference);
  const before = await current(resources, name);
  const image = await images.resolve(name, { platform, pull: true, signal });
  if (options.platform !== undefined) checkPlatform(image, platform, name);
  const fetched = await fetchLayers(image, name, options, resources).catch(async (error: unknown) => {
    // The name goes back to what it was: nobody has asked for half an image.
    await (before === undefined ? store.references.remove(name) : store.references.tag(before, name));
    throw error;
  });
  await store.flush();
  const root = await store.references.resolve(name);
  const isNew = fetched || before?.digest !== root.digest;
  return { reference: name, id: image.configDescriptor.digest, digest: root.digest, isNew };
}

async function current({ store }: PullResources, name: string): Promise<Descriptor | undefined> {
  return store.references.resolve(name).catch((error: unknown) => {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  });
}

/** An index is asked for the platform; an image alone is what it is. */
function checkPlatform({ config }: ResolvedImage, platform: Platform, name: string): void {
  const { os, architecture, variant } = config;
  const actual = { os, architecture, ...(variant === undefined ? {} : { variant }) };
  const isSame = platform.variant === undefined || variant === undefined;
  if (samePlatform(actual, platform) || (isSame && os === platform.os && architecture === platform.architecture))
    return;
  throw new TsbuildError(
    'ERR_TSBUILD_IMAGE_NOT_FOUND',
    `image ${name} is for ${formatPlatform(actual)}, not for ${formatPlatform(platform)}`,
  );
}

/** True when any had to be fetched. Manifest and config are in the store by now. */
async function fetchLayers(
  { descriptor, reference }: ResolvedImage,
  name: string,
  { onProgress, signal }: PullOptions,
  { store, registry }: PullResources,
): Promise<boolean> {
  const repository = (await registry()).repository(reference);
  const { blobs, references } = store;
  const from: ReadOnlyTarget = {
    resolve: (text, options) => repository.resolve(text, options),
    // The store verifies what it keeps, and copies it.
    fetch: async (blob, options) =>
      (await blobs.exists(blob))
        ? blobs.fetch(blob, options)
        : repository.fetchUnverified(blob, { ...options, reusesMemory: true }),
  };
  const flushes: Promise<void>[] = [];
  /** The disk writes one blob while the next arrives. */
  const keep = (): void => {
    const flush = store.flush();
    flush.catch(() => undefined); // told below
    flushes.push(flush);
  };
  const to: Target = {
    exists: (blob, options) => blobs.exists(blob, options),
    push: async (blob, content, options) => {
      await blobs.push(blob, content, options);
      keep();
    },
    fetch: (blob, options) => blobs.fetch(blob, options),
    resolve: (text, options) => references.resolve(text, options),
    tag: (blob, text, options) => references.tag(blob, text, options),
  };
  let isFetched = false;
  await copyImage(from, to, descriptor, {
    signal,
    concurrency: LAYERS_AT_ONCE,
    onProgress({ descriptor: { digest, size: total }, current: done, status }) {
      isFetched ||= status === 'copied';
      onProgress?.({ reference: name, digest, current: done, total, status });
    },
  });
  await Promise.all(flushes);
  return isFetched;
}
