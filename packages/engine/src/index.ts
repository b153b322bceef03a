export {
  type AddOptions,
  type ComposedStage,
  type CopyOptions,
  composeDockerfile,
  type HealthcheckOptions,
  type MountOptions,
  type NewStage,
  type StageRunOptions,
  stage,
} from '@tsbuild/dockerfile';
export type {
  PruneOptions,
  PrunePolicy,
  PruneResult,
  StoreEntry,
  StoreEntryKind,
  VerifyOptions,
  VerifyProblem,
  VerifyReport,
} from '@tsbuild/store';
export { readImageNames } from '@tsbuild/store';
export type { Attestation, ProvenanceOptions, SbomOptions } from './attest/attest-options.ts';
export type { SignOptions } from './attest/sign/sign-options.ts';
export {
  type VerifiedSignature,
  type VerifySignatureOptions,
  verifySignature,
} from './attest/sign/verify-signature.ts';
export { build, createBuilder } from './builder.ts';
export type { Builder, BuildFile } from './builder-types.ts';
export type {
  CacheFromOptions,
  CacheReadOptions,
  CacheToOptions,
  CacheWriteOptions,
  HttpCache,
} from './cache/shared/shared-options.ts';
export { diagnose } from './doctor/diagnose-lazily.ts';
export type { CredentialsReport, Diagnosis, StoreReport, ToolReport } from './doctor/diagnosis.ts';
export type { ImageDescription, InspectOptions, SizedHistory } from './images/describe-image.ts';
export type { ImportOptions } from './images/import-image.ts';
export type { ImageSummary } from './images/list-images.ts';
export type { LoadedImage, LoadOptions, LoadProgress } from './images/load-images.ts';
export type { PulledImage } from './images/pull-image.ts';
export type { PushedImage } from './images/push-image.ts';
export type { Removal, RemoveImageOptions } from './images/remove-image.ts';
export type { SaveOptions } from './images/save-images.ts';
export type { PullOptions, TransferOptions, TransferProgress } from './images/transfer-types.ts';
export { checkLogin, type LoginOptions, type LoginResult, login, logout, type RegistryAccount } from './login.ts';
export type {
  BuildContext,
  BuilderOptions,
  BuildOptions,
  DockerOutput,
  DownloadLimits,
  EngineName,
  ImageOutputOptions,
  LocalOutput,
  MemoryFile,
  OciOutput,
  OutputOptions,
  RegistryOutput,
  SecretSource,
  Squash,
  StoreOutput,
  TarOutput,
} from './options.ts';
export {
  describeTarget,
  listTargets,
  type OutlineArg,
  type OutlineInput,
  type OutlineOptions,
  type TargetOutline,
  type TargetSummary,
} from './outline.ts';
export type { BuildPlan, PlannedStep } from './plan/plan-types.ts';
export type { PolicySource, PolicyVerdict, SourcePolicy, SourcePolicyFiles } from './policy/policy-types.ts';
export type { RecordingOptions } from './recording/recording.ts';
export type { BuildRecord, RecordedStep } from './records/build-record.ts';
export type { BuildRecords } from './records/build-records.ts';
export { removeStore } from './remove-store.ts';
export type { BuildResult, BuiltImage, ImageLayer, ImageTree, OutputResult, StepResult } from './result.ts';
export type {
  CommandMount,
  CommandOptions,
  CommandResult,
  RunImageOptions,
  RunOptions,
} from './run/command-options.ts';
export type { FailedStep } from './run/failed-step.ts';
