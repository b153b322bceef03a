export type { CacheKey, CacheRecord, CacheStore } from './cache.ts';
export type {
  ByteStream,
  CallOptions,
  ContentFetcher,
  ContentPusher,
  Ingest,
  ReadOnlyTarget,
  Resolver,
  Tagger,
  Target,
} from './content.ts';
export { describeReason } from './describe-reason.ts';
export type { Descriptor } from './descriptor.ts';
export {
  type DiffId,
  type Digest,
  digestFromHex,
  digestHex,
  digestOf,
  HashTap,
  isDigest,
  parseDigest,
  toDiffId,
} from './digest.ts';
export { ERROR_CODES, type ErrorCode, exitStatusOf } from './error-codes.ts';
export {
  ContentError,
  DigestMismatchError,
  DockerfileError,
  type ErrorDetails,
  ExecError,
  type ExecErrorDetails,
  fromSystemError,
  isTsbuildError,
  LayerError,
  NotFoundError,
  RegistryError,
  type RegistryErrorDetails,
  type RegistryErrorEntry,
  redactCredentials,
  SizeMismatchError,
  SolveError,
  systemErrorCode,
  TsbuildError,
  UnsafePathError,
  UsageError,
  withSource,
} from './errors.ts';
export type {
  BuildEvent,
  BuildEventBody,
  BuildWarning,
  Difference,
  FileChange,
  RunReason,
  StepId,
  StepStatus,
} from './events.ts';
export type {
  ExecMount,
  ExecRequest,
  ExecResult,
  Executor,
  FailedRoot,
  ProcessSpec,
  ResourceLimits,
  Rootfs,
  RootfsLayer,
  RunningCommand,
  SandboxWeakness,
  TarReader,
  TerminalSize,
} from './executor.ts';
export {
  baseName,
  type EntryType,
  type FileChunk,
  type FileTree,
  joinPath,
  parentPath,
  type ResolvedPath,
  readTreeFile,
  resolvePath,
  type TreeEntry,
} from './file-tree.ts';
export type { FolderArchive, PackedFolder, PackFolderRequest } from './folder-archive.ts';
export { compileGlob, type GlobOptions, hasWildcard } from './glob/glob.ts';
export { compilePathPattern, type PathPattern } from './glob/path-pattern.ts';
export { judgePath, type PathVerdict } from './glob/path-verdict.ts';
export {
  type ContainerConfig,
  type Healthcheck,
  type HistoryEntry,
  type ImageConfig,
  type ImageIndex,
  type ImageManifest,
  isIndex,
  MAX_CONFIG_BYTES,
  MAX_MANIFEST_BYTES,
  parseImageConfig,
  parseManifestOrIndex,
} from './image.ts';
export { namesInstruction } from './instruction-name.ts';
export type { LayerContents, LayerEntry, LayerWriter, StepWindow, WrittenLayer } from './layer.ts';
export { compressionOf, isIndexType, isManifestType, type LayerCompression, MEDIA_TYPES } from './media-types.ts';
export { decodeName, encodeName, hasEscapedBytes, toFsPath } from './names.ts';
export { formatPlatform, hostPlatform, type Platform, parsePlatform, samePlatform } from './platform.ts';
export { familiarReference, formatReference, parseReference, type Reference } from './reference.ts';
export type { SourcePosition, SourceRange, SourceText } from './source-range.ts';
