import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import {
  type ContentFetcher,
  type Descriptor,
  type Digest,
  DigestMismatchError,
  digestHex,
  digestOf,
  fromSystemError,
  isIndex,
  MAX_MANIFEST_BYTES,
  MEDIA_TYPES,
  NotFoundError,
  parseDigest,
  parseManifestOrIndex,
  parseReference,
  type Reference,
  systemErrorCode,
  TsbuildError,
} from '@tsbuild/core';

/** The image that `oci-layout://folder[:tag|@digest]` names, and where its blobs are. */
export interface OpenedLayout {
  readonly descriptor: Descriptor;
  readonly reference: Reference;
  /** Verifies nothing: whoever keeps the bytes does. */
  readonly blobs: ContentFetcher;
}

const REF_NAME = 'org.opencontainers.image.ref.name';

/**
 * Finds an image in an OCI layout folder. Without tag and digest it is the only image, or the one tagged `latest`.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md
 * @throws {TsbuildError} ERR_TSBUILD_IMAGE_NOT_FOUND
 */
export async function openLayout(place: string): Promise<OpenedLayout> {
  return openLayoutFolder(parsePlace(place));
}

/** The same for a place whose parts are known. @throws {TsbuildError} ERR_TSBUILD_IMAGE_NOT_FOUND */
export async function openLayoutFolder({ folder, tag, digest }: LayoutPlace): Promise<OpenedLayout> {
  const entries = digest === undefined ? await readEntries(folder) : [];
  const descriptor = digest === undefined ? byTag(entries, tag) : await byDigest(folder, digest);
  if (descriptor === undefined)
    throw notThere({ folder, tag, digest }, digest === undefined ? entries : await readEntries(folder));
  const reference = parseReference(`oci-layout/image@${descriptor.digest}`);
  return { descriptor, reference, blobs: folderBlobs(folder) };
}

interface LayoutPlace {
  readonly folder: string;
  readonly tag: string | undefined;
  readonly digest: Digest | undefined;
}

function parsePlace(place: string): LayoutPlace {
  const [path = '', digest] = place.split('@', 2);
  const tag = /:([\w][\w.-]{0,127})$/.exec(path)?.[1];
  const folder = tag === undefined ? path : path.slice(0, -tag.length - 1);
  return { folder: resolve(folder), tag, digest: digest === undefined ? undefined : parseDigest(digest) };
}

async function readEntries(folder: string): Promise<readonly Descriptor[]> {
  const path = join(folder, 'index.json');
  const bytes = await readBounded(path).catch((cause: unknown) => {
    const code = systemErrorCode(cause);
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw fromSystemError(cause, `reading ${path}`);
    throw new TsbuildError('ERR_TSBUILD_IMAGE_NOT_FOUND', `${JSON.stringify(folder)} is no OCI layout: no index.json`, {
      cause,
      hint: 'expected oci-layout://FOLDER[:TAG|@DIGEST]',
    });
  });
  const document = parseManifestOrIndex(bytes, MEDIA_TYPES.ociIndex);
  return isIndex(document) ? document.manifests : [];
}

/** What has a digest need not be in the index. */
async function byDigest(folder: string, digest: Digest): Promise<Descriptor | undefined> {
  const path = join(folder, 'blobs', 'sha256', digestHex(digest));
  const bytes = await readBounded(path).catch((error: unknown) => {
    if (systemErrorCode(error) === 'ENOENT' || systemErrorCode(error) === 'ENOTDIR') return undefined;
    throw fromSystemError(error, `reading ${path}`);
  });
  if (bytes === undefined) return undefined;
  if (digestOf(bytes) !== digest) throw new DigestMismatchError(digest, digestOf(bytes));
  const document = parseManifestOrIndex(bytes);
  const mediaType = document.mediaType ?? (isIndex(document) ? MEDIA_TYPES.ociIndex : MEDIA_TYPES.ociManifest);
  return { mediaType, digest, size: bytes.length };
}

async function readBounded(path: string): Promise<Buffer> {
  await using file = await open(path);
  if ((await file.stat()).size > MAX_MANIFEST_BYTES) throw tooLarge(path);
  return await file.readFile();
}

function tooLarge(path: string): TsbuildError {
  return new TsbuildError('ERR_TSBUILD_TOO_LARGE', `${path} is too large`);
}

function byTag(entries: readonly Descriptor[], tag: string | undefined): Descriptor | undefined {
  const [only] = entries;
  if (tag === undefined && entries.length === 1) return only;
  return entries.find((entry) => tagOf(entry) === (tag ?? 'latest'));
}

/** The annotation holds a tag, or with some tools a whole name. */
function tagOf({ annotations }: Descriptor): string | undefined {
  return annotations?.[REF_NAME]?.split(/[:/]/).at(-1);
}

function notThere({ folder, tag, digest }: LayoutPlace, entries: readonly Descriptor[]): TsbuildError {
  const tags = entries.flatMap((entry) => tagOf(entry) ?? []);
  const place = `${folder}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
  return new TsbuildError('ERR_TSBUILD_IMAGE_NOT_FOUND', `image oci-layout://${place} not found in its index`, {
    hint: tags.length === 0 ? 'name it by its digest: oci-layout://FOLDER@sha256:…' : `tags are ${tags.join(', ')}`,
  });
}

function folderBlobs(folder: string): ContentFetcher {
  return {
    async fetch({ digest }, { signal } = {}) {
      const path = join(folder, 'blobs', 'sha256', digestHex(digest));
      const file = await open(path).catch((cause: unknown) => {
        if (systemErrorCode(cause) === 'ENOENT') throw new NotFoundError(`${digest} is not in ${folder}`, { cause });
        throw fromSystemError(cause, `reading ${path}`);
      });
      return createReadStream(path, { fd: file, ...(signal === undefined ? {} : { signal }) });
    },
  };
}
