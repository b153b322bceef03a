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
export type { Attestation, ProvenanceOptions, SbomOptions } from './attest/attest-options.ts';
export { build, createBuilder } from './builder.ts';
export type { Builder, BuildFile } from './builder-types.ts';
export type {
  BuildContext,
  BuilderOptions,
  BuildOptions,
  DockerOutput,
  DownloadLimits,
  ImageOutputOptions,
  LocalOutput,
  MemoryFile,
  OciOutput,
  OutputOptions,
  RegistryOutput,
  SecretSource,
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
export type { BuildRecord, RecordedStep } from './records/build-record.ts';
export type { BuildRecords } from './records/build-records.ts';
export { removeStore } from './remove-store.ts';
export type { BuildResult, BuiltImage, ImageLayer, ImageTree, OutputResult, StepResult } from './result.ts';
