import type { ByteStream, Digest } from '@tsbuild/core';
import type { IgnoreMatcher } from '@tsbuild/dockerfile';
import type { PruneOptions, PrunePolicy, PruneResult, StoreEntry, VerifyOptions, VerifyReport } from '@tsbuild/store';
import type { ImageDescription, InspectOptions } from './images/describe-image.ts';
import type { ImportOptions } from './images/import-image.ts';
import type { ImageSummary } from './images/list-images.ts';
import type { LoadedImage, LoadOptions } from './images/load-images.ts';
import type { PulledImage } from './images/pull-image.ts';
import type { PushedImage } from './images/push-image.ts';
import type { Removal, RemoveImageOptions } from './images/remove-image.ts';
import type { SaveOptions } from './images/save-images.ts';
import type { PullOptions, TransferOptions } from './images/transfer-types.ts';
import type { BuildOptions } from './options.ts';
import type { BuildPlan } from './plan/plan-types.ts';
import type { BuildRecords } from './records/build-records.ts';
import type { BuildResult, BuiltImage } from './result.ts';
import type { CommandResult, RunImageOptions } from './run/command-options.ts';

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
  /**
   * Runs a command in an image of the store, which is pulled if it is missing, as `docker run --rm` does; see
   * `BuiltImage.run`. Of what the command writes nothing stays.
   * @throws {TsbuildError} ERR_TSBUILD_IMAGE_NOT_FOUND, ERR_TSBUILD_RUN_UNAVAILABLE, ERR_TSBUILD_SANDBOX
   */
  run(reference: string, args?: readonly string[], options?: RunImageOptions): Promise<CommandResult>;
  /** Records of past builds, with their complete logs. */
  readonly builds: BuildRecords;
  /** Everything that the store holds, in no order. Looking marks nothing as used. */
  usage(options?: { readonly signal?: AbortSignal | undefined }): Promise<readonly StoreEntry[]>;
  /**
   * Removes what the policy says; with nothing said, what is over the limit of the store. Neither named images nor
   * anything that a running build uses, of this builder or another process, or that was used within the last minute is ever removed.
   */
  prune(policy?: PrunePolicy, options?: PruneOptions): Promise<PruneResult>;
  /** Hashes everything in the store again. */
  verify(options?: VerifyOptions): Promise<VerifyReport>;
  /** An image of the store by name or id. @throws {TsbuildError} ERR_TSBUILD_IMAGE_NOT_FOUND */
  image(reference: string): Promise<BuiltImage>;
  /** Every name of the store and the image it leads to, newest image first. */
  images(): Promise<readonly ImageSummary[]>;
  /** Everything the store knows of an image, by name, id or the beginning of an id. @throws {TsbuildError} ERR_TSBUILD_IMAGE_NOT_FOUND */
  inspect(reference: string, options?: InspectOptions): Promise<ImageDescription>;
  /**
   * Fetches an image with all layers of one platform. What the store has is not fetched.
   * @throws {TsbuildError} ERR_TSBUILD_IMAGE_NOT_FOUND @throws {RegistryError}
   */
  pull(reference: string, options?: PullOptions): Promise<readonly PulledImage[]>;
  /**
   * Sends an image to the registry that its name says, compressed. What the registry has is not sent, what another of
   * its repositories has is mounted. @throws {TsbuildError} ERR_TSBUILD_IMAGE_NOT_FOUND @throws {RegistryError}
   */
  push(reference: string, options?: TransferOptions): Promise<readonly PushedImage[]>;
  /** Gives an image one more name. @throws {TsbuildError} ERR_TSBUILD_IMAGE_NOT_FOUND */
  tag(source: string, name: string): Promise<void>;
  /** Takes a name away; an image without a name goes. @throws {TsbuildError} ERR_TSBUILD_IMAGE_NOT_FOUND */
  remove(reference: string, options?: RemoveImageOptions): Promise<readonly Removal[]>;
  /** An archive of images as it streams, for `load` here and in Docker and podman. @throws {TsbuildError} ERR_TSBUILD_IMAGE_NOT_FOUND */
  save(references: readonly string[], options?: SaveOptions): Promise<ByteStream>;
  /** Takes the images of an archive that Docker, podman, skopeo or `save` wrote, a stream or a file. @throws {TsbuildError} @throws {LayerError} */
  load(archive: string | ByteStream, options?: LoadOptions): Promise<readonly LoadedImage[]>;
  /** Makes an image of a root file system's tar: a stream, a file or a URL. @returns its id @throws {LayerError} */
  import(archive: string | ByteStream, options?: ImportOptions): Promise<Digest>;
}
