import {
  type ByteStream,
  type Descriptor,
  type Digest,
  digestHex,
  familiarReference,
  hostPlatform,
  parsePlatform,
  parseReference,
  type ReadOnlyTarget,
  samePlatform,
} from '@tsbuild/core';
import type { Store } from '@tsbuild/store';
import type { BuilderResources } from '../builder-resources.ts';
import { layoutEntries, layoutFile } from '../export/oci-layout.ts';
import { type TarPart, tarBytes } from './archive-bytes.ts';
import { findImage } from './find-image.ts';
import { isUntagged, repositoryOf } from './image-names.ts';
import { type LeavingImage, type LeavingPlatform, leavingImage, useImages } from './leaving-image.ts';
import { isAttestation } from './stored-image.ts';

/** What an archive holds, and for whom (`tsbuild save`). */
export interface SaveOptions {
  /** `docker` archives are OCI archives that `docker load` of any version reads as well. @default 'docker' */
  readonly format?: 'docker' | 'oci';
  /** The one platform of each image that is saved. @default all that the store has */
  readonly platform?: string;
  readonly signal?: AbortSignal | undefined;
}

type SaveResources = Pick<BuilderResources, 'store' | 'layers'>;

/** An image and the names under which it is saved. */
interface SavedImage {
  readonly image: LeavingImage;
  readonly tags: readonly string[];
}

/**
 * The archive of images of the store, byte for byte as the store has them: what comes back by `load` is the same image.
 * Each blob is in it once. Every image is found before the first byte.
 * @throws {TsbuildError} ERR_TSBUILD_IMAGE_NOT_FOUND
 */
export async function saveImages(
  names: readonly string[],
  options: SaveOptions,
  resources: SaveResources,
): Promise<ByteStream> {
  const platform = options.platform === undefined ? undefined : parsePlatform(options.platform);
  const { signal } = options;
  await using _hold = resources.store.hold();
  const saved = new Map<Digest, SavedImage>();
  for (const { root, tags } of await rootsOf(names, options, resources.store)) {
    const image = await leavingImage(root, { compress: false, platform, signal }, resources);
    const known = saved.get(image.descriptor.digest)?.tags ?? [];
    saved.set(image.descriptor.digest, { image, tags: [...new Set([...known, ...tags])] });
  }
  return heldArchive([...saved.values()], options, resources.store);
}

/** Holds the store while somebody reads; what was found is marked again first, however late the reading begins. */
async function* heldArchive(
  saved: readonly SavedImage[],
  options: SaveOptions,
  store: Store,
): AsyncGenerator<Uint8Array> {
  await using _hold = store.hold();
  for (const { image } of saved) await useImages(image.platforms, store);
  yield* tarBytes(archiveParts(saved, options), options.signal);
}

interface NamedRoot {
  readonly root: Descriptor;
  readonly tags: readonly string[];
}

/** A name without a tag means all tags of its repository, as in Docker. */
async function rootsOf(
  names: readonly string[],
  { platform }: SaveOptions,
  store: Store,
): Promise<readonly NamedRoot[]> {
  const roots: NamedRoot[] = [];
  for (const name of names) {
    const all = /[:@]/.test(name.slice(name.lastIndexOf('/') + 1)) ? [] : await tagsOf(name, store);
    if (all.length > 0) roots.push(...all);
    else {
      const { image, name: stored } = await findImage(store, name, platform);
      const tag = stored === undefined || isUntagged(stored.reference) ? undefined : stored.reference;
      const isTag = tag !== undefined && parseReference(tag).digest === undefined;
      roots.push({ root: image.root, tags: isTag ? [tag] : [] });
    }
  }
  return roots;
}

async function tagsOf(name: string, store: Store): Promise<readonly NamedRoot[]> {
  if (name !== name.toLowerCase()) return [];
  const prefix = `${repositoryOf(name)}:`;
  const named = (await store.references.list()).filter(({ reference }) => reference.startsWith(prefix));
  return named.map(({ reference, descriptor }) => ({ root: descriptor, tags: [reference] }));
}

async function* archiveParts(
  saved: readonly SavedImage[],
  { format = 'docker' }: SaveOptions,
): AsyncGenerator<TarPart> {
  const written = new Set<Digest>();
  for (const { image } of saved) {
    for (const blob of blobsOf(image)) {
      if (written.has(blob.digest)) continue;
      written.add(blob.digest);
      yield blobPart(blob, image.target);
    }
  }
  yield textPart('oci-layout', layoutFile());
  const manifests = saved.flatMap(({ image, tags }) => layoutEntries(image.descriptor, tags));
  yield textPart('index.json', JSON.stringify({ schemaVersion: 2, mediaType: INDEX_TYPE, manifests }));
  if (format === 'docker') yield textPart('manifest.json', JSON.stringify(saved.map(dockerEntry)));
}

const INDEX_TYPE = 'application/vnd.oci.image.index.v1+json';

/** Layers and configs, then the manifests, then their index. */
function blobsOf({ platforms, descriptor }: LeavingImage): readonly Descriptor[] {
  const contents = platforms.flatMap(({ manifest }) => [...manifest.layers, manifest.config]);
  return [...contents, ...platforms.map((platform) => platform.descriptor), descriptor];
}

function blobPart(blob: Descriptor, target: ReadOnlyTarget): TarPart {
  return { name: blobPath(blob), size: blob.size, open: (signal) => target.fetch(blob, { signal }) };
}

function textPart(name: string, text: string): TarPart {
  const bytes = Buffer.from(text);
  return {
    name,
    size: bytes.length,
    async open() {
      return (async function* () {
        yield bytes;
      })();
    },
  };
}

function blobPath({ digest }: Descriptor): string {
  return `blobs/sha256/${digestHex(digest)}`;
}

/** `docker load` takes one platform: this machine's, or the first. */
function dockerEntry({ image, tags }: SavedImage): object {
  const images = image.platforms.filter(({ descriptor }) => !isAttestation(descriptor));
  const host = hostPlatform();
  const isHost = ({ descriptor: { platform } }: LeavingPlatform) =>
    platform !== undefined && samePlatform(platform, host);
  const chosen = images.find(isHost) ?? images[0];
  if (chosen === undefined) throw new Error('a saved image has a platform');
  const { config, layers } = chosen.manifest;
  return {
    Config: blobPath(config),
    RepoTags: tags.length === 0 ? null : tags.map((tag) => familiarReference(parseReference(tag))),
    Layers: layers.map(blobPath),
  };
}
