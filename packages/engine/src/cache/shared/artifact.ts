import {
  type ContentFetcher,
  type Descriptor,
  type ImageIndex,
  type ImageManifest,
  isIndex,
  MAX_MANIFEST_BYTES,
  type Platform,
  parseImageConfig,
  parseManifestOrIndex,
  samePlatform,
  TsbuildError,
} from '@tsbuild/core';
import { readSmall } from './document-source.ts';
import { INLINE_ANNOTATION, parseInline } from './inline.ts';
import { DOCUMENT_TYPE, parseDocument, type SharedDocument } from './shared-document.ts';

const BUILDKIT_TYPE = 'application/vnd.buildkit.cacheconfig.v0';

/**
 * What the manifest of a cache says: of one of its own, of an image that carries records (`type=inline`), or of an index of
 * such images, for the platforms that are wanted.
 * @throws {TsbuildError} ERR_TSBUILD_CACHE when it is none of them
 */
export async function readArtifact(
  from: ContentFetcher,
  descriptor: Descriptor,
  platforms: readonly Platform[],
  signal: AbortSignal | undefined,
): Promise<SharedDocument> {
  const document = await readManifest(from, descriptor, signal);
  if (!isIndex(document)) return readOne(from, document, signal);
  if (document.manifests.some(({ mediaType }) => mediaType === BUILDKIT_TYPE)) throw ofBuildKit();
  const wanted = document.manifests.filter(({ platform }) =>
    platforms.some((one) => platform !== undefined && samePlatform(one, platform)),
  );
  const found: SharedDocument[] = [];
  for (const entry of wanted) {
    const manifest = await readManifest(from, entry, signal);
    if (!isIndex(manifest)) found.push(await readOne(from, manifest, signal));
  }
  if (found.length === 0) throw noCache('it is an index without an image of the platform that is built');
  return {
    records: new Map(found.flatMap(({ records }) => [...records])),
    layers: new Map(found.flatMap(({ layers }) => [...layers])),
    mounts: [],
  };
}

async function readOne(
  from: ContentFetcher,
  { config, annotations, layers }: ImageManifest,
  signal: AbortSignal | undefined,
): Promise<SharedDocument> {
  if (config.mediaType === BUILDKIT_TYPE) throw ofBuildKit();
  if (config.mediaType === DOCUMENT_TYPE) return parseDocument(await readSmall(from, config, signal));
  const inline = annotations?.[INLINE_ANNOTATION];
  if (inline === undefined) throw noCache('it is an image that carries no records of tsbuild');
  const { rootfs } = parseImageConfig(await readSmall(from, config, signal));
  return parseInline(inline, rootfs.diff_ids, layers);
}

async function readManifest(
  from: ContentFetcher,
  descriptor: Descriptor,
  signal: AbortSignal | undefined,
): Promise<ImageManifest | ImageIndex> {
  if (descriptor.size > MAX_MANIFEST_BYTES) throw noCache('its manifest is too large');
  return parseManifestOrIndex(await readSmall(from, descriptor, signal), descriptor.mediaType);
}

function ofBuildKit(): TsbuildError {
  return noCache(
    'it is a cache of BuildKit, whose keys are made of other things; tsbuild neither reads nor changes it',
  );
}

function noCache(reason: string): TsbuildError {
  return new TsbuildError('ERR_TSBUILD_CACHE', reason);
}
