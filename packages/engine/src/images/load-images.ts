import { stat } from 'node:fs/promises';
import {
  type ByteStream,
  type Descriptor,
  type Digest,
  familiarReference,
  parseReference,
  TsbuildError,
} from '@tsbuild/core';
import { decompress } from '@tsbuild/layer';
import type { BuilderResources } from '../builder-resources.ts';
import { type ArchiveFiles, readArchiveFiles } from './archive-files.ts';
import { archiveStream } from './archive-stream.ts';
import { dockerImages } from './docker-archive.ts';
import { keepUntagged, nameImage } from './image-names.ts';
import { layoutImages } from './layout-archive.ts';
import { openStoredImage } from './stored-image.ts';

/** How an archive is loaded (`tsbuild load`). */
export interface LoadOptions {
  /** Called with every chunk of the archive. */
  readonly onProgress?: (progress: LoadProgress) => void;
  readonly signal?: AbortSignal | undefined;
}

/** How far the reading of an archive is. */
export interface LoadProgress {
  /** Bytes read, as the archive has them. */
  readonly current: number;
  /** All bytes, where they are known: of a local file. */
  readonly total: number | undefined;
}

/** An image that an archive held. */
export interface LoadedImage {
  /** Digest of the config. */
  readonly id: Digest;
  /** As people write it; undefined for an image without a name. */
  readonly tag: string | undefined;
}

/** An image within an archive whose documents are in the store: what is kept of it, and its names. */
export interface ArchivedImage {
  readonly root: Descriptor;
  /** Everything that it needs. */
  readonly blobs: readonly Descriptor[];
  /** Complete names. */
  readonly names: readonly string[];
}

/**
 * Takes the images of an archive into the store: `docker save`'s, old and new, podman's, skopeo's, OCI archives,
 * compressed in any way that layers may be. The archive is read once, as it streams. Nothing is kept of a damaged one.
 * @throws {TsbuildError} ERR_TSBUILD_INVALID_MANIFEST when it is no archive of images @throws {LayerError}
 */
export async function loadImages(
  archive: string | ByteStream,
  { onProgress, signal }: LoadOptions,
  { store, downloads }: Pick<BuilderResources, 'store' | 'downloads'>,
): Promise<readonly LoadedImage[]> {
  const bytes = typeof archive === 'string' ? archiveStream(archive, { limits: downloads, signal }) : archive;
  const read = onProgress === undefined ? bytes : counted(bytes, await sizeOf(archive), onProgress);
  await using files = await readArchiveFiles(decompress(read, { signal }), store, signal);
  const images = await archivedImages(files, store);
  for (const { blobs } of images) files.keep(blobs);
  const loaded: LoadedImage[] = [];
  for (const { root, names } of images) {
    const image = await openStoredImage(store, root);
    if (image === undefined) throw new Error('a checked image can be opened');
    for (const name of names) await nameImage(store, root, name);
    if (names.length === 0) await keepUntagged(store, root);
    const tags = names.map((name) => familiarReference(parseReference(name)));
    loaded.push(...(tags.length === 0 ? [undefined] : tags).map((tag) => ({ id: image.id, tag })));
  }
  return loaded;
}

async function sizeOf(archive: string | ByteStream): Promise<number | undefined> {
  const found = typeof archive === 'string' ? await stat(archive).catch(() => undefined) : undefined;
  return found?.isFile() === true ? found.size : undefined;
}

async function* counted(
  bytes: ByteStream,
  total: number | undefined,
  onProgress: (progress: LoadProgress) => void,
): AsyncGenerator<Uint8Array> {
  let current = 0;
  for await (const chunk of bytes) {
    current += chunk.byteLength;
    onProgress({ current, total });
    yield chunk;
  }
}

/** The images of an archive; its OCI index says more than its `manifest.json` does. @throws {TsbuildError} */
export async function archivedImages(
  files: ArchiveFiles,
  store: BuilderResources['store'],
): Promise<readonly ArchivedImage[]> {
  const images = files.file('index.json') === undefined ? [] : await layoutImages(files);
  if (images.length > 0) return images;
  if (files.file('manifest.json') !== undefined) return dockerImages(files, store);
  throw new TsbuildError(
    'ERR_TSBUILD_INVALID_MANIFEST',
    'the archive holds no images: no manifest.json, no index.json',
    {
      hint: 'a root file system is taken by tsbuild import',
    },
  );
}
