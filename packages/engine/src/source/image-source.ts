import { setImmediate as afterOthers } from 'node:timers/promises';
import {
  type CallOptions,
  type ContentFetcher,
  type Descriptor,
  formatReference,
  isIndex,
  MAX_CONFIG_BYTES,
  MAX_MANIFEST_BYTES,
  NotFoundError,
  type Platform,
  parseImageConfig,
  parseManifestOrIndex,
  parseReference,
  type Reference,
  RegistryError,
  TsbuildError,
} from '@tsbuild/core';
import type { RegistryClient } from '@tsbuild/registry';
import type { Store } from '@tsbuild/store';
import type { ResolvedImage } from '../graph.ts';
import { choosePlatform } from './choose-platform.ts';
import { ORIGIN } from './provenance-annotations.ts';

export interface ImageSourceOptions extends CallOptions {
  readonly platform: Platform;
  /** Ask the registry even when the store has the name. */
  readonly pull: boolean;
  /** Told when the store does not have the name, before the registry is asked. */
  readonly onMissing?: (() => void) | undefined;
}

/** Finds the images that FROM and `--from` name. */
export interface ImageSource {
  /**
   * An image taken into the store from an OCI layout folder, `folder[:tag|@digest]`, or with its scheme from an archive or
   * Docker's engine: `oci-archive://`, `docker-archive://`, `docker-daemon://`. @throws {TsbuildError} ERR_TSBUILD_IMAGE_NOT_FOUND
   */
  layout(place: string, options: Pick<ImageSourceOptions, 'platform' | 'signal'>): Promise<ResolvedImage>;
  /** @throws {TsbuildError} ERR_TSBUILD_INVALID_REFERENCE, ERR_TSBUILD_IMAGE_NOT_FOUND, the registry's errors */
  resolve(name: string, options: ImageSourceOptions): Promise<ResolvedImage>;
}

/** The store first, then the registry. What a registry answered is kept: manifests and config now, layers when they are read. */
export function createImageSource(store: Store, registry: () => Promise<RegistryClient>): ImageSource {
  return {
    async layout(place, options) {
      if (/^[a-z-]+:\/\//.test(place)) return fromArchive(place, store, options);
      const { openLayout } = await import('./layout-source.ts');
      const { descriptor, reference, blobs } = await openLayout(place);
      const image = await readImage(blobs, store, descriptor, reference, undefined, { ...options, pull: false });
      for (const layer of image.layers) await keepLayerBlob(layer, blobs, store, options.signal);
      return image;
    },
    async resolve(name, options) {
      const reference = parseReference(name);
      const stored = options.pull ? undefined : await fromStore(store, reference, options);
      if (stored !== undefined) return stored;
      if ((await storedDescriptor(store, reference)) === undefined && options.onMissing !== undefined) {
        options.onMissing();
        await afterOthers(); // its processes start while the registry client is loaded
      }
      return await fromRegistry(store, await registry(), reference, options);
    },
  };
}

async function fromArchive(
  place: string,
  store: Store,
  options: Pick<ImageSourceOptions, 'platform' | 'signal'>,
): Promise<ResolvedImage> {
  const { takeArchivedImage } = await import('./archive-source.ts');
  const { descriptor, reference } = await takeArchivedImage(place, store, options.signal);
  return readImage(store.blobs, store, descriptor, reference, undefined, { ...options, pull: false });
}

async function fromStore(
  store: Store,
  reference: Reference,
  options: ImageSourceOptions,
): Promise<ResolvedImage | undefined> {
  const descriptor = await storedDescriptor(store, reference);
  if (descriptor === undefined) return undefined;
  const origin = descriptor.annotations?.[ORIGIN];
  try {
    return await readImage(
      store.blobs,
      store,
      descriptor,
      reference,
      origin === undefined ? undefined : parseReference(origin),
      options,
    );
  } catch (error) {
    return orUndefined(error);
  }
}

/** By the whole name; of a tag with a digest the tag will do, when it stands for that digest. */
async function storedDescriptor(store: Store, reference: Reference): Promise<Descriptor | undefined> {
  const found = await store.references.resolve(formatReference(reference)).catch(orUndefined);
  const { digest, ...named } = reference;
  if (found !== undefined || digest === undefined || named.tag === undefined) return found;
  const tagged = await store.references.resolve(formatReference(named)).catch(orUndefined);
  return tagged?.digest === digest ? tagged : undefined;
}

async function fromRegistry(
  store: Store,
  registry: RegistryClient,
  reference: Reference,
  options: ImageSourceOptions,
): Promise<ResolvedImage> {
  const repository = registry.repository(reference);
  const { signal } = options;
  const found = await repository.resolve(reference.digest ?? reference.tag ?? 'latest', { signal }).catch((error) => {
    throw withImageName(error, reference);
  });
  const image = await readImage(repository, store, found, reference, reference, options);
  const origin = { ...found.annotations, [ORIGIN]: formatReference(reference) };
  await store.references.tag({ ...found, annotations: origin }, formatReference(reference));
  return image;
}

async function readImage(
  from: ContentFetcher,
  store: Store,
  descriptor: Descriptor,
  reference: Reference,
  origin: Reference | undefined,
  options: ImageSourceOptions,
): Promise<ResolvedImage> {
  const document = parseManifestOrIndex(
    await readKept(from, store, descriptor, MAX_MANIFEST_BYTES, options),
    descriptor.mediaType,
  );
  if (isIndex(document)) {
    const chosen = choosePlatform(document, options.platform, formatReference(reference));
    return { ...(await readImage(from, store, chosen, reference, origin, options)), index: descriptor };
  }
  const config = parseImageConfig(await readKept(from, store, document.config, MAX_CONFIG_BYTES, options));
  if (config.rootfs.diff_ids.length !== document.layers.length) {
    throw new TsbuildError(
      'ERR_TSBUILD_INVALID_MANIFEST',
      `image ${formatReference(reference)} lists ${document.layers.length} layers, its config ${config.rootfs.diff_ids.length}`,
    );
  }
  return { reference, descriptor, configDescriptor: document.config, config, layers: document.layers, origin };
}

async function keepLayerBlob(
  layer: Descriptor,
  from: ContentFetcher,
  store: Store,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (await store.blobs.exists(layer)) return;
  await store.blobs.push(layer, await from.fetch(layer, { signal }), { signal });
}

/** Reads a manifest or config, from the store when it has it, and keeps it there. */
async function readKept(
  from: ContentFetcher,
  store: Store,
  descriptor: Descriptor,
  limit: number,
  { signal }: CallOptions,
): Promise<Uint8Array> {
  if (descriptor.size > limit) {
    throw new TsbuildError(
      'ERR_TSBUILD_TOO_LARGE',
      `${descriptor.digest} has ${descriptor.size} bytes, the limit is ${limit}`,
    );
  }
  const stored = await store.blobs.readAll(descriptor.digest, limit);
  if (stored !== undefined) return stored;
  const chunks: Uint8Array[] = [];
  for await (const bytes of await from.fetch(descriptor, { signal })) chunks.push(Uint8Array.from(bytes));
  const bytes = Buffer.concat(chunks);
  await using ingest = await store.blobs.ingest();
  await ingest.write(bytes);
  await ingest.commit(descriptor);
  return bytes;
}

/** Says which image it was that a registry did not give. */
function withImageName(error: unknown, reference: Reference): unknown {
  const name = formatReference(reference);
  if (error instanceof NotFoundError) {
    const message = `image ${name} not found: neither the store nor the registry has it`;
    return new TsbuildError('ERR_TSBUILD_IMAGE_NOT_FOUND', message, { cause: error, hint: 'check the name and tag' });
  }
  if (!(error instanceof RegistryError)) return error;
  const { code, message, hint, cause, method, url, status, errors, isTemporary } = error;
  const details = { hint, cause, method, url, status, errors, isTemporary };
  return new RegistryError(registryCode(code), `cannot resolve image ${name}: ${message}`, details);
}

function registryCode(code: string): ConstructorParameters<typeof RegistryError>[0] {
  const isSpecial = code === 'ERR_TSBUILD_REGISTRY_UNREACHABLE' || code === 'ERR_TSBUILD_REGISTRY_DENIED';
  return isSpecial ? code : 'ERR_TSBUILD_REGISTRY';
}

function orUndefined(error: unknown): undefined {
  if (error instanceof NotFoundError) return undefined;
  throw error;
}
