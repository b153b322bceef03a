import {
  type Descriptor,
  type Digest,
  formatReference,
  type ImageIndex,
  type ImageManifest,
  isIndex,
  isTsbuildError,
  MAX_CONFIG_BYTES,
  MAX_MANIFEST_BYTES,
  MEDIA_TYPES,
  parseImageConfig,
  parseManifestOrIndex,
  parseReference,
  TsbuildError,
} from '@tsbuild/core';
import type { ArchiveFiles } from './archive-files.ts';
import type { ArchivedImage } from './load-images.ts';

const CONTAINERD_NAME = 'io.containerd.image.name';
const REF_NAME = 'org.opencontainers.image.ref.name';
const MAX_DEPTH = 4;

/**
 * The images that an OCI archive's index lists, those whose blobs are all in it. One entry for each name that an image
 * has becomes one image.
 * @throws {TsbuildError} ERR_TSBUILD_INVALID_MANIFEST when the archive lacks a part of every image
 */
export async function layoutImages(files: ArchiveFiles): Promise<readonly ArchivedImage[]> {
  const index = parseManifestOrIndex(await files.read('index.json', MAX_MANIFEST_BYTES), MEDIA_TYPES.ociIndex);
  const images = new Map<Digest, ArchivedImage>();
  for (const entry of isIndex(index) ? index.manifests : []) {
    const { mediaType, digest, size } = entry;
    const root = { mediaType, digest, size };
    const blobs = await blobsOf(root, files, 0);
    if (blobs === undefined) continue;
    const names = [...(images.get(digest)?.names ?? []), ...nameOf(entry)];
    images.set(digest, { root, blobs, names: [...new Set(names)] });
  }
  return [...images.values()];
}

/** `io.containerd.image.name` is a whole name; the standard's annotation is one with some tools, a tag with others. */
function nameOf({ annotations }: Descriptor): readonly string[] {
  const whole = annotations?.[CONTAINERD_NAME];
  const short = annotations?.[REF_NAME];
  const name = whole ?? (short !== undefined && /[:/]/.test(short) ? short : undefined);
  if (name === undefined) return [];
  try {
    return [formatReference(parseReference(name))];
  } catch (error) {
    if (isTsbuildError(error)) return [];
    throw error;
  }
}

/** Everything below a manifest or an index; of an index at least one image has to be whole. Undefined if it is not. */
async function blobsOf(
  root: Descriptor,
  files: ArchiveFiles,
  depth: number,
): Promise<readonly Descriptor[] | undefined> {
  if (!files.has(root)) return undefined;
  const document = parseManifestOrIndex(await files.readBlob(root, MAX_MANIFEST_BYTES), root.mediaType);
  if (!isIndex(document)) return manifestBlobs(root, document, files);
  if (depth === MAX_DEPTH)
    throw new TsbuildError('ERR_TSBUILD_INVALID_MANIFEST', `indexes are nested more than ${MAX_DEPTH} deep`);
  return indexBlobs(root, document, files, depth);
}

async function indexBlobs(
  root: Descriptor,
  { manifests }: ImageIndex,
  files: ArchiveFiles,
  depth: number,
): Promise<readonly Descriptor[] | undefined> {
  const below: Descriptor[] = [];
  for (const entry of manifests) below.push(...((await blobsOf(entry, files, depth + 1)) ?? []));
  return below.length === 0 ? undefined : [...below, root];
}

async function manifestBlobs(
  root: Descriptor,
  { config, layers }: ImageManifest,
  files: ArchiveFiles,
): Promise<readonly Descriptor[] | undefined> {
  const blobs = [...layers, config];
  if (!blobs.every((blob) => files.has(blob))) return undefined;
  const { rootfs } = parseImageConfig(await files.readBlob(config, MAX_CONFIG_BYTES));
  if (rootfs.diff_ids.length === layers.length) return [...blobs, root];
  const problem = `lists ${layers.length} layers, its config ${rootfs.diff_ids.length}`;
  throw new TsbuildError('ERR_TSBUILD_INVALID_MANIFEST', `manifest ${root.digest} ${problem}`);
}
