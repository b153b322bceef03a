import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  type ByteStream,
  type Descriptor,
  familiarReference,
  formatReference,
  parseReference,
  type Reference,
  TsbuildError,
} from '@tsbuild/core';
import { decompress } from '@tsbuild/layer';
import type { Store } from '@tsbuild/store';
import { readArchiveFiles } from '../images/archive-files.ts';
import { archiveStream } from '../images/archive-stream.ts';
import { type ArchivedImage, archivedImages } from '../images/load-images.ts';

/** Places of images that a store takes in whole: `scheme://place`. */
const PLACES = /^(oci-archive|docker-archive|docker-daemon):\/\/(.+)$/s;

/** An image that was taken into the store, and what messages call it. */
export interface TakenImage {
  readonly descriptor: Descriptor;
  readonly reference: Reference;
}

/**
 * Takes an image of an archive, or of Docker's engine, into the store, without a name there. Which of the two kinds of
 * archive it is, the archive says itself.
 * @throws {TsbuildError} ERR_TSBUILD_IMAGE_NOT_FOUND when it has no such image, or several and no name was given
 */
export async function takeArchivedImage(
  url: string,
  store: Store,
  signal: AbortSignal | undefined,
): Promise<TakenImage> {
  const [, scheme = '', place = ''] = PLACES.exec(url) ?? [];
  const { bytes, name } = scheme === 'docker-daemon' ? await openDaemon(place, signal) : openFile(place, url, signal);
  await using files = await readArchiveFiles(decompress(bytes, { signal }), store, signal);
  const images = await archivedImages(files, store);
  const { root, blobs } = chooseImage(images, name, url);
  files.keep(blobs);
  return { descriptor: root, reference: parseReference(`${scheme}/image@${root.digest}`) };
}

interface OpenedArchive {
  readonly bytes: ByteStream;
  /** Of the image that is meant; undefined for the only one. */
  readonly name: string | undefined;
}

async function openDaemon(name: string, signal: AbortSignal | undefined): Promise<OpenedArchive> {
  const { exportFromDaemon } = await import('./docker-daemon.ts');
  return { bytes: await exportFromDaemon(name, process.env, signal), name: undefined };
}

/** A file's name may hold colons, so the name begins behind the first one that has a file before it. */
function openFile(place: string, url: string, signal: AbortSignal | undefined): OpenedArchive {
  const ends = [place.length, ...Array.from(place.matchAll(/:/g), ({ index }) => index)];
  const end = ends.find((at) => existsSync(place.slice(0, at)));
  if (end === undefined) throw notFound(`${url}: there is no such file`, undefined);
  const name = end === place.length ? undefined : place.slice(end + 1);
  return { bytes: archiveStream(resolve(place.slice(0, end)), { limits: {}, signal }), name };
}

function chooseImage(images: readonly ArchivedImage[], name: string | undefined, url: string): ArchivedImage {
  const wanted = name === undefined ? undefined : formatReference(parseReference(name));
  const [only] = images;
  const chosen = wanted === undefined ? only : images.find(({ names }) => names.includes(wanted));
  if (chosen !== undefined && (wanted !== undefined || images.length === 1)) return chosen;
  const names = images.flatMap((image) => image.names).map((each) => familiarReference(parseReference(each)));
  const problem = wanted === undefined ? 'it holds several images' : 'it holds no image of that name';
  throw notFound(`${url}: ${problem}`, names.length === 0 ? undefined : `add one of its names: ${names.join(', ')}`);
}

function notFound(message: string, hint: string | undefined): TsbuildError {
  return new TsbuildError('ERR_TSBUILD_IMAGE_NOT_FOUND', message, { hint });
}
