import type { Descriptor } from '@tsbuild/core';
import type { IgnoreMatcher } from '@tsbuild/dockerfile';
import type { PruneOptions, PrunePolicy, PruneResult, StoreEntry, VerifyOptions, VerifyReport } from '@tsbuild/store';
import type { BuildOptions } from './options.ts';
import type { BuildPlan } from './plan/plan-types.ts';
import type { BuildRecords } from './records/build-records.ts';
import type { BuildResult, BuiltImage } from './result.ts';

/** A Dockerfile as text, with the name that messages give it. */
export interface BuildFile {
  readonly name: string;
  readonly text: string;
  /** What of a folder the ignore file leaves out; absent without one. */
  readonly ignores: IgnoreMatcher | undefined;
}

/** Owns the store, the sandbox worker, connection pools and limits. */
export interface Builder extends AsyncDisposable {
  /** Folder of the store. */
  readonly root: string;
  /** Builds the target stage and hands the image to every output. @throws {DockerfileError} @throws {ExecError} @throws {TsbuildError} */
  build(options: BuildOptions): Promise<BuildResult>;
  /**
   * The Dockerfile that `build` would build, wherever its context is, and what the ignore file says. Nothing is built.
   * @throws {TsbuildError} ERR_TSBUILD_DOCKERFILE_NOT_FOUND, ERR_TSBUILD_CONTEXT_NOT_FOUND
   */
  read(options: BuildOptions): Promise<BuildFile>;
  /**
   * What `build` would do, step by step: executes nothing, fetches no layer, records nothing. Images that the store does
   * not have are looked up at their registry.
   * @throws {DockerfileError} @throws {TsbuildError}
   */
  plan(options: BuildOptions): Promise<BuildPlan>;
  /** Records of past builds, with their complete logs. */
  readonly builds: BuildRecords;
  /** Everything that the store holds, in no order. Looking marks nothing as used. */
  usage(options?: { readonly signal?: AbortSignal | undefined }): Promise<readonly StoreEntry[]>;
  /**
   * Removes what the policy says; with nothing said, what is over the limit of the store. Neither named images nor
   * anything that this builder or another process has used since it opened the store is ever removed.
   */
  prune(policy?: PrunePolicy, options?: PruneOptions): Promise<PruneResult>;
  /** Hashes everything in the store again. */
  verify(options?: VerifyOptions): Promise<VerifyReport>;
  /** An image of the store by name or id. @throws {TsbuildError} ERR_TSBUILD_IMAGE_NOT_FOUND */
  image(reference: string): Promise<BuiltImage>;
  /** Tagged images of the store, newest first. */
  images(): Promise<readonly { readonly reference: string; readonly descriptor: Descriptor; readonly created: Date }[]>;
}
