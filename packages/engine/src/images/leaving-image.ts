import {
  type Descriptor,
  type Digest,
  digestOf,
  type ImageConfig,
  type ImageManifest,
  isIndex,
  MEDIA_TYPES,
  type Platform,
  type ReadOnlyTarget,
  TsbuildError,
} from '@tsbuild/core';
import type { Store } from '@tsbuild/store';
import type { BuilderResources } from '../builder-resources.ts';
import { layerForm } from '../image/layer-forms.ts';
import { once } from '../once.ts';
import type { ChainLayer } from '../solve/chain.ts';
import { canRestate, restate } from './restate-attestation.ts';
import { chainOf, isAttestation, openStoredImage, readDocument, type StoredImage } from './stored-image.ts';

/** An image of the store on its way out: its documents as they leave, its blobs when they are asked for. */
export interface LeavingImage {
  /** Manifest, or index where several platforms leave. */
  readonly descriptor: Descriptor;
  readonly platforms: readonly LeavingPlatform[];
  /** Reads documents and blobs; a layer that the store lacks is fetched from where the image came from. */
  readonly target: ReadOnlyTarget;
}

export interface LeavingPlatform {
  readonly descriptor: Descriptor;
  readonly manifest: ImageManifest;
  readonly config: ImageConfig;
  readonly layers: readonly ChainLayer[];
}

export interface LeaveOptions {
  /** Compress what the store holds as plain tars; else everything leaves byte for byte. */
  readonly compress: boolean;
  readonly platform?: Platform | undefined;
  readonly signal?: AbortSignal | undefined;
}

type LeaveResources = Pick<BuilderResources, 'store' | 'layers'>;

/** Documents that were written anew, by digest. */
type Documents = Map<Digest, Uint8Array>;

/** Of an index what the store has leaves: all of it as an index, one platform alone as its manifest. */
export async function leavingImage(
  root: Descriptor,
  options: LeaveOptions,
  resources: LeaveResources,
): Promise<LeavingImage> {
  const { store } = resources;
  const documents: Documents = new Map();
  const document = await readDocument(store, root);
  const entries = document !== undefined && isIndex(document) ? document.manifests : [root];
  const isWhole = document !== undefined && isIndex(document) && options.platform === undefined;
  const chosen = isWhole ? await presentImages(root, entries, store) : await oneImage(root, options.platform, store);
  await useImages(chosen, store);
  const compress = options.compress && (await mayChange(chosen, store));
  const left: LeavingPlatform[] = [];
  for (const image of chosen) left.push(await leaveOne(image, documents, { ...options, compress }, resources));
  const platforms = await restated(chosen, left, documents, store);
  const descriptor = describe(root, entries, chosen, platforms, documents);
  return { descriptor, platforms, target: leavingTarget(descriptor, platforms, documents, resources) };
}

/** False where an attestation is about a manifest as it is, and cannot be about another. */
async function mayChange(images: readonly StoredImage[], store: Store): Promise<boolean> {
  for (const image of images) if (isAttestation(image.descriptor) && !(await canRestate(image, store))) return false;
  return true;
}

/** With attestations about the manifests that leave. */
async function restated(
  images: readonly StoredImage[],
  left: readonly LeavingPlatform[],
  documents: Documents,
  store: Store,
): Promise<readonly LeavingPlatform[]> {
  const renamed = new Map<string, Descriptor>();
  for (const [at, { descriptor }] of left.entries()) {
    const before = images[at]?.descriptor.digest;
    if (before !== undefined && before !== descriptor.digest) renamed.set(before, descriptor);
  }
  if (renamed.size === 0) return left;
  return Promise.all(
    left.map((platform) =>
      isAttestation(platform.descriptor) ? restate(platform, renamed, documents, store) : platform,
    ),
  );
}

/** Marks everything that will be read, so that it is there when its turn comes, even if the image loses its name meanwhile. */
export async function useImages(
  images: readonly { readonly descriptor: Descriptor; readonly manifest: ImageManifest }[],
  { blobs }: Store,
): Promise<void> {
  for (const { descriptor, manifest } of images) {
    for (const { digest } of [descriptor, manifest.config, ...manifest.layers]) await blobs.stat(digest);
  }
}

async function oneImage(
  root: Descriptor,
  platform: Platform | undefined,
  store: Store,
): Promise<readonly StoredImage[]> {
  const image = await openStoredImage(store, root, platform);
  if (image !== undefined) return [image];
  throw new TsbuildError('ERR_TSBUILD_IMAGE_NOT_FOUND', `image ${root.digest} is not complete in the store`, {
    hint: 'pull it again with that --platform',
  });
}

async function presentImages(
  root: Descriptor,
  entries: readonly Descriptor[],
  store: Store,
): Promise<readonly StoredImage[]> {
  const annotations = root.annotations === undefined ? {} : { annotations: root.annotations };
  const found: StoredImage[] = [];
  for (const entry of entries) {
    const image = await openStoredImage(store, { ...entry, ...annotations });
    if (image !== undefined) found.push({ ...image, root, descriptor: entry });
  }
  return found.length > 0 ? found : oneImage(root, undefined, store);
}

async function leaveOne(
  image: StoredImage,
  documents: Documents,
  { compress, signal }: LeaveOptions,
  { store, layers }: LeaveResources,
): Promise<LeavingPlatform> {
  const { manifest, config, descriptor } = image;
  const chain = chainOf(image);
  if (!compress || isAttestation(descriptor) || chain.every(({ base }) => base !== undefined))
    return { descriptor, manifest, config, layers: chain };
  const ociMediaTypes = manifest.mediaType !== MEDIA_TYPES.dockerManifest;
  const forms: Descriptor[] = [];
  for (const [at, layer] of chain.entries()) {
    const kept = layer.base === undefined ? undefined : manifest.layers[at];
    forms.push(kept ?? (await layerForm(layer, { ociMediaTypes }, { store, layers, signal })));
  }
  const changed: ImageManifest = { ...manifest, layers: forms };
  const bytes = Buffer.from(JSON.stringify(changed));
  const digest = digestOf(bytes);
  documents.set(digest, bytes);
  return { descriptor: { ...descriptor, digest, size: bytes.length }, manifest: changed, config, layers: chain };
}

/** The root as it leaves: unchanged when nothing below it changed. */
function describe(
  root: Descriptor,
  entries: readonly Descriptor[],
  chosen: readonly StoredImage[],
  platforms: readonly LeavingPlatform[],
  documents: Documents,
): Descriptor {
  const [only] = platforms;
  const isUnchanged = platforms.every(({ descriptor }, at) => descriptor.digest === chosen[at]?.descriptor.digest);
  if (platforms.length === entries.length && isUnchanged) return plain(root);
  if (platforms.length === 1 && only !== undefined) return plain(only.descriptor);
  const manifests = platforms.map(({ descriptor }) => descriptor);
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: root.mediaType, manifests }));
  const digest = digestOf(bytes);
  documents.set(digest, bytes);
  return { mediaType: root.mediaType, digest, size: bytes.length };
}

/** Without the notes that the store keeps beside its names. */
function plain({ mediaType, digest, size }: Descriptor): Descriptor {
  return { mediaType, digest, size };
}

function leavingTarget(
  root: Descriptor,
  platforms: readonly LeavingPlatform[],
  documents: Documents,
  { store, layers }: LeaveResources,
): ReadOnlyTarget {
  const chains = platforms.flatMap((platform) => platform.layers);
  const bases = new Map(
    chains.flatMap((layer) => (layer.base === undefined ? [] : [[layer.base.descriptor.digest, layer] as const])),
  );
  return {
    resolve: async () => root,
    async fetch(blob, { signal } = {}) {
      const written = documents.get(blob.digest);
      if (written !== undefined) return once(written);
      const base = bases.get(blob.digest);
      if (base !== undefined) await layers.fetchBlob(base, signal);
      return store.blobs.fetch(blob, { signal });
    },
  };
}
