import {
  type Descriptor,
  type Digest,
  formatReference,
  isIndex,
  NotFoundError,
  parseReference,
  type Reference,
  TsbuildError,
  UsageError,
} from '@tsbuild/core';
import { copyImage, type RemoteRepository } from '@tsbuild/registry';
import type { Store, StoredReference } from '@tsbuild/store';
import type { BuilderResources } from '../builder-resources.ts';
import { ORIGIN, PUSHED } from '../source/provenance-annotations.ts';
import { repositoryOf } from './image-names.ts';
import { leavingImage } from './leaving-image.ts';
import { readDocument } from './stored-image.ts';
import type { TransferOptions } from './transfer-types.ts';

/** What a push left in the registry. */
export interface PushedImage {
  /** The complete name. */
  readonly reference: string;
  /** Of the manifest or index as the registry has it. */
  readonly digest: Digest;
  /** Bytes of that document. */
  readonly size: number;
}

type PushResources = Pick<BuilderResources, 'store' | 'layers' | 'registry'>;

/** Repositories of the same registry that are tried for one blob. */
const MAX_MOUNTS = 2;

/**
 * Sends an image of the store to the registry that its name says. Layers that the store holds plain are compressed, once;
 * what the registry has is not sent, what another repository of it has is mounted.
 * @throws {TsbuildError} ERR_TSBUILD_IMAGE_NOT_FOUND, the registry's errors
 */
export async function pushImages(
  name: string,
  options: TransferOptions,
  resources: PushResources,
): Promise<readonly PushedImage[]> {
  const stored = await namesToPush(name, options.allTags ?? false, resources.store);
  const pushed: PushedImage[] = [];
  for (const each of stored) pushed.push(await pushOne(each, options, resources));
  return pushed;
}

async function namesToPush(name: string, allTags: boolean, store: Store): Promise<readonly StoredReference[]> {
  const reference = parseReference(name);
  if (reference.digest !== undefined) throw new UsageError('cannot push a digest reference');
  if (allTags && /:[^/]*$/.test(name)) throw new UsageError("tag can't be used with --all-tags/-a");
  const wanted = formatReference(reference);
  const repository = repositoryOf(name);
  const found = (await store.references.list()).filter((stored) =>
    allTags ? stored.reference.startsWith(`${repository}:`) : stored.reference === wanted,
  );
  if (found.length > 0) return found;
  const message = `an image does not exist locally with the ${allTags ? 'name' : 'tag'}: ${allTags ? repository : wanted}`;
  throw new TsbuildError('ERR_TSBUILD_IMAGE_NOT_FOUND', message, {
    hint: 'tsbuild images lists what the store has; tsbuild tag gives it the name to push',
  });
}

async function pushOne(
  { reference: name, descriptor: root }: StoredReference,
  { onProgress, signal }: TransferOptions,
  resources: PushResources,
): Promise<PushedImage> {
  const { store, registry } = resources;
  const reference = parseReference(name);
  const image = await leavingImage(root, { compress: true, signal }, resources);
  const repository = (await registry()).repository(reference);
  const places = await otherPlaces(store, reference);
  await copyImage(image.target, repository, image.descriptor, {
    tags: [reference.tag ?? 'latest'],
    signal,
    mount: (blob, options) => mountFrom(places, image.platforms.flatMap(layerNames), blob, repository, options.signal),
    onProgress: ({ descriptor: { digest, size: total }, current, status }) =>
      onProgress?.({ reference: name, digest, current, total, status }),
  });
  const { digest, size } = image.descriptor;
  await notePushed(root, name, digest, store);
  return { reference: name, digest, size };
}

/** The name may have been taken away, or given to another image, since the push began. */
async function notePushed(root: Descriptor, name: string, pushed: Digest, { references }: Store): Promise<void> {
  const now = (await references.list()).find(({ reference }) => reference === name);
  if (now?.descriptor.digest !== root.digest) return;
  await references.tag({ ...root, annotations: { ...root.annotations, [PUSHED]: pushed } }, name);
}

/** A layer is the same wherever its tar is, compressed or not. */
interface LayerNames {
  readonly blob: Digest;
  readonly diffId: Digest;
}

function layerNames({
  manifest,
  config,
}: {
  readonly manifest: { readonly layers: readonly Descriptor[] };
  readonly config: { readonly rootfs: { readonly diff_ids: readonly Digest[] } };
}): readonly LayerNames[] {
  return config.rootfs.diff_ids.flatMap((diffId, at) => {
    const blob = manifest.layers[at]?.digest;
    return blob === undefined ? [] : [{ blob, diffId }];
  });
}

/** Repositories of a registry by the blobs of images that the store knows to be there. */
type Places = ReadonlyMap<Digest, readonly string[]>;

async function otherPlaces(store: Store, { registry, repository }: Reference): Promise<Places> {
  const places = new Map<Digest, string[]>();
  for (const { reference, descriptor } of await store.references.list()) {
    const { [PUSHED]: pushed, [ORIGIN]: origin } = descriptor.annotations ?? {};
    const names = [...(pushed === undefined ? [] : [reference]), ...(origin === undefined ? [] : [origin])];
    for (const place of names.map(parseReference)) {
      if (place.registry !== registry || place.repository === repository) continue;
      for (const digest of await layersOf(store, descriptor)) {
        const known = places.get(digest) ?? [];
        if (!known.includes(place.repository)) places.set(digest, [...known, place.repository]);
      }
    }
  }
  return places;
}

async function layersOf(store: Store, root: Descriptor): Promise<readonly Digest[]> {
  const document = await readDocument(store, root);
  if (document === undefined) return [];
  if (!isIndex(document)) return document.layers.map(({ digest }) => digest);
  return (await Promise.all(document.manifests.map((entry) => layersOf(store, entry)))).flat();
}

/** True when one of the places had the blob. A registry that declines, or lets nobody read there, is sent it instead. */
async function mountFrom(
  places: Places,
  layers: readonly LayerNames[],
  blob: Descriptor,
  repository: RemoteRepository,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const diffIds = layers.filter((layer) => layer.blob === blob.digest).map(({ diffId }) => diffId);
  const from = new Set([blob.digest, ...diffIds].flatMap((digest) => places.get(digest) ?? []));
  for (const place of [...from].slice(0, MAX_MOUNTS)) {
    try {
      if (await repository.mount(blob, place, { signal })) return true;
    } catch (error) {
      if (!(error instanceof NotFoundError) && !isDenied(error)) throw error;
    }
  }
  return false;
}

function isDenied(error: unknown): boolean {
  return error instanceof TsbuildError && error.code === 'ERR_TSBUILD_REGISTRY_DENIED';
}
