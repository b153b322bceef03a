import type { Descriptor } from './descriptor.ts';
import { type DiffId, isDigest } from './digest.ts';
import { checkImageConfig } from './image-config-checks.ts';
import { invalid, isObject, parseObject } from './json-document.ts';
import { isIndexType, isManifestType } from './media-types.ts';

/** The part of an image's config that decides how a container runs. @see https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md */
export interface ContainerConfig {
  readonly User?: string;
  readonly ExposedPorts?: Readonly<Record<string, Readonly<Record<string, never>>>>;
  readonly Env?: readonly string[];
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly Volumes?: Readonly<Record<string, Readonly<Record<string, never>>>>;
  readonly WorkingDir?: string;
  readonly Labels?: Readonly<Record<string, string>>;
  readonly StopSignal?: string;
  readonly ArgsEscaped?: boolean;
  /** Docker's extensions. */
  readonly Healthcheck?: Healthcheck;
  readonly OnBuild?: readonly string[];
  readonly Shell?: readonly string[];
}

/** Durations in nanoseconds. */
export interface Healthcheck {
  readonly Test?: readonly string[];
  readonly Interval?: number;
  readonly Timeout?: number;
  readonly StartPeriod?: number;
  readonly StartInterval?: number;
  readonly Retries?: number;
}

/** One line of an image's history, in the words of the specification. */
export interface HistoryEntry {
  readonly created?: string;
  readonly created_by?: string;
  readonly author?: string;
  readonly comment?: string;
  readonly empty_layer?: boolean;
}

/**
 * The config of an image, in the words of the specification.
 * https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md
 */
export interface ImageConfig {
  readonly architecture: string;
  readonly os: string;
  readonly variant?: string;
  readonly 'os.version'?: string;
  readonly created?: string;
  readonly author?: string;
  readonly config?: ContainerConfig;
  readonly rootfs: { readonly type: 'layers'; readonly diff_ids: readonly DiffId[] };
  readonly history?: readonly HistoryEntry[];
}

/** @see https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md */
export interface ImageManifest {
  readonly schemaVersion: 2;
  readonly mediaType?: string;
  readonly artifactType?: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly subject?: Descriptor;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** @see https://github.com/opencontainers/image-spec/blob/v1.1.1/image-index.md */
export interface ImageIndex {
  readonly schemaVersion: 2;
  readonly mediaType?: string;
  readonly artifactType?: string;
  readonly manifests: readonly Descriptor[];
  readonly subject?: Descriptor;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Manifests, indexes and configs larger than this are refused, as registries do. */
export const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;
/** Configs carry the history and may be larger than manifests. */
export const MAX_CONFIG_BYTES = 16 * 1024 * 1024;

/**
 * Reads a document of the kind that `mediaType` names, where it is that of a manifest or an index. A document that others could
 * take for the other kind is refused.
 * @throws {TsbuildError} ERR_TSBUILD_INVALID_MANIFEST
 */
export function parseManifestOrIndex(bytes: Uint8Array, mediaType = ''): ImageManifest | ImageIndex {
  const value = parseObject(bytes, 'manifest');
  if (value.schemaVersion !== 2) throw invalid('manifest has no schemaVersion 2');
  const type = typeof value.mediaType === 'string' ? value.mediaType : mediaType;
  const isIndexDocument = isIndexType(type) || (type === '' && Array.isArray(value.manifests));
  if (isIndexDocument ? isManifestType(mediaType) : isIndexType(mediaType))
    throw invalid(`a document that is told to be ${mediaType} says that it is ${type}`);
  if (isIndexDocument) {
    if (!isDescriptorList(value.manifests)) throw invalid('index has no valid list of manifests');
    if ('config' in value || 'layers' in value) throw invalid('index has parts of a manifest');
    return value as unknown as ImageIndex;
  }
  if (type !== '' && !isManifestType(type)) throw invalid(`unknown manifest type ${JSON.stringify(type)}`);
  if (!isDescriptor(value.config)) throw invalid('manifest has no valid config descriptor');
  if (!isDescriptorList(value.layers)) throw invalid('manifest has no valid list of layers');
  if ('manifests' in value) throw invalid('manifest has parts of an index');
  return value as unknown as ImageManifest;
}

/** Tells an index from a manifest, both as `parseManifest` reads them. */
export function isIndex(document: ImageManifest | ImageIndex): document is ImageIndex {
  return 'manifests' in document;
}

/** @throws {TsbuildError} ERR_TSBUILD_INVALID_MANIFEST */
export function parseImageConfig(bytes: Uint8Array): ImageConfig {
  const value = parseObject(bytes, 'image config');
  const rootfs = value.rootfs;
  if (!isObject(rootfs) || !Array.isArray(rootfs.diff_ids) || !rootfs.diff_ids.every(isDigest)) {
    throw invalid('image config has no valid rootfs.diff_ids');
  }
  checkImageConfig(value);
  const { config, ...rest } = value as unknown as ImageConfig;
  return config === undefined || config === null ? rest : { ...rest, config: withoutNulls(config) };
}

/** Docker writes `null` where a field is absent. */
function withoutNulls(config: ContainerConfig): ContainerConfig {
  return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== null));
}

function isDescriptor(value: unknown): value is Descriptor {
  return (
    isObject(value) &&
    typeof value.mediaType === 'string' &&
    isDigest(value.digest) &&
    Number.isSafeInteger(value.size) &&
    (value.size as number) >= 0
  );
}

function isDescriptorList(value: unknown): value is readonly Descriptor[] {
  return Array.isArray(value) && value.length <= 10_000 && value.every(isDescriptor);
}
