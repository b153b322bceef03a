import {
  type Descriptor,
  type DiffId,
  DigestMismatchError,
  formatReference,
  type ImageManifest,
  MAX_CONFIG_BYTES,
  MAX_MANIFEST_BYTES,
  MEDIA_TYPES,
  parseImageConfig,
  parseReference,
  TsbuildError,
} from '@tsbuild/core';
import { detectCompression } from '@tsbuild/layer';
import type { Store } from '@tsbuild/store';
import type { ArchiveFile, ArchiveFiles } from './archive-files.ts';
import type { ArchivedImage } from './load-images.ts';

interface DockerEntry {
  readonly Config: string;
  readonly RepoTags: readonly string[];
  readonly Layers: readonly string[];
}

/** The images that `manifest.json` of `docker save` lists, with manifests written for them. @throws {TsbuildError} */
export async function dockerImages(files: ArchiveFiles, store: Store): Promise<readonly ArchivedImage[]> {
  const entries = parseEntries(await files.read('manifest.json', MAX_MANIFEST_BYTES));
  const images: ArchivedImage[] = [];
  for (const entry of entries) images.push(await dockerImage(entry, files, store));
  return images;
}

async function dockerImage({ Config, RepoTags, Layers }: DockerEntry, files: ArchiveFiles, store: Store) {
  const names = RepoTags.map((name) => formatReference(parseReference(name)));
  const configFile = requireFile(files, Config);
  const config = parseImageConfig(await files.read(Config, MAX_CONFIG_BYTES));
  const diffIds = config.rootfs.diff_ids;
  if (diffIds.length !== Layers.length)
    throw invalid(`lists ${Layers.length} layers for ${Config}, which has ${diffIds.length}`);
  const layers: Descriptor[] = [];
  for (const [at, diffId] of diffIds.entries()) {
    layers.push(await layerDescriptor(requireFile(files, Layers[at] ?? ''), diffId, store));
  }
  const manifest: ImageManifest = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.ociManifest,
    config: { mediaType: MEDIA_TYPES.ociConfig, ...configFile },
    layers,
  };
  const root = { mediaType: MEDIA_TYPES.ociManifest, ...(await files.add(Buffer.from(JSON.stringify(manifest)))) };
  return { root, blobs: [...layers, manifest.config, root], names };
}

const LAYER_TYPES = {
  none: MEDIA_TYPES.ociLayer,
  gzip: MEDIA_TYPES.ociLayerGzip,
  zstd: MEDIA_TYPES.ociLayerZstd,
} as const;

/** A plain tar has to be the layer that the config names; a compressed one is checked when it is first read. */
async function layerDescriptor(file: ArchiveFile, diffId: DiffId, store: Store): Promise<Descriptor> {
  if (file.digest === diffId) return { mediaType: LAYER_TYPES.none, ...file };
  const compression = await compressionAt(file, store);
  if (compression === 'gzip' || compression === 'zstd') return { mediaType: LAYER_TYPES[compression], ...file };
  throw new DigestMismatchError(diffId, file.digest, { hint: 'the archive is damaged; save the image again' });
}

async function compressionAt(file: ArchiveFile, store: Store): Promise<ReturnType<typeof detectCompression>> {
  let start = Buffer.alloc(0);
  for await (const bytes of await store.blobs.fetch({ mediaType: '', ...file })) {
    start = Buffer.concat([start, bytes]);
    if (start.length >= 512) break;
  }
  return detectCompression(start);
}

function parseEntries(bytes: Buffer): readonly DockerEntry[] {
  const value = parseJson(bytes);
  if (!Array.isArray(value)) throw invalid('is not a list');
  return value.map(toEntry);
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new TsbuildError('ERR_TSBUILD_INVALID_MANIFEST', "the archive's manifest.json is not JSON", { cause });
  }
}

function toEntry(value: unknown): DockerEntry {
  const { Config, RepoTags, Layers } = (typeof value === 'object' && value !== null ? value : {}) as {
    readonly [Name in keyof DockerEntry]?: unknown;
  };
  const tags = RepoTags ?? [];
  if (typeof Config === 'string' && isTexts(tags) && isTexts(Layers ?? []))
    return { Config, RepoTags: tags, Layers: (Layers ?? []) as readonly string[] };
  throw invalid('has an entry without Config, RepoTags and Layers');
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function requireFile(files: ArchiveFiles, path: string): ArchiveFile {
  const file = files.file(path);
  if (file === undefined) throw invalid(`names ${JSON.stringify(path)}, which is not in it`);
  return file;
}

function invalid(problem: string): TsbuildError {
  return new TsbuildError('ERR_TSBUILD_INVALID_MANIFEST', `the archive's manifest.json ${problem}`);
}
