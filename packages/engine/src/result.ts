import type {
  BuildWarning,
  Descriptor,
  DiffId,
  Digest,
  FileTree,
  ImageConfig,
  LayerEntry,
  RunReason,
  StepStatus,
} from '@tsbuild/core';
import type { Attestation } from './attest/attest-options.ts';
import type { OutputOptions } from './options.ts';
import type { CommandResult, RunOptions } from './run/command-options.ts';

/** A finished image, backed by the store of its builder. */
export interface BuiltImage {
  /** Digest of the config: the same for every output. */
  readonly id: Digest;
  readonly config: ImageConfig;
  /** The merged root file system. */
  tree(): Promise<ImageTree>;
  /**
   * Runs a command with the image's user, environment, working directory and entrypoint, as `docker run --rm` does:
   * `args` take the place of CMD, and nothing that is written stays. Works after the builder was closed, too.
   * @throws {TsbuildError} ERR_TSBUILD_RUN_UNAVAILABLE, ERR_TSBUILD_SANDBOX, ERR_TSBUILD_TOO_LARGE
   * @example
   * const { exitCode, stdout } = await image.run(['node', '--version']);
   */
  run(args?: readonly string[], options?: RunOptions): Promise<CommandResult>;
  /** The layers, bottom first. Reads their indexes; fetches layers of the base that were never read. */
  layers(): Promise<readonly ImageLayer[]>;
}

/** What one layer adds to an image, and how much of it the layers above hide again. */
export interface ImageLayer {
  readonly diffId: DiffId;
  /** Bytes of the layer's files, each counted once however many names it has. */
  readonly size: number;
  /** Of these, the bytes that later layers replaced or deleted: they are carried along for nothing. */
  readonly hidden: number;
  /** Number of entries, deletions included. */
  readonly entryCount: number;
  /** What the layer says, in the order of its tar, deletions included. */
  entries(): Iterable<LayerEntry>;
}

/** A root file system with whole-file reads. */
export interface ImageTree extends FileTree {
  /** @throws {NotFoundError} when `path` is no file; symlinks are followed inside the root */
  read(path: string): Promise<Buffer>;
}

/** What became of one step, and why. */
export interface StepResult {
  /** The instruction as shown, e.g. `RUN npm ci`. */
  readonly name: string;
  /** With its place, e.g. `[build 2/5] RUN npm ci`. */
  readonly label: string;
  readonly status: StepStatus;
  /** Why it ran; absent for cached steps. */
  readonly because?: RunReason;
  /** Shared cache that a cached step comes from; absent for the store. */
  readonly from?: string;
  readonly durationMs: number;
}

/** What one output became. */
export interface OutputResult {
  readonly type: OutputOptions['type'];
  /** Path or image name. */
  readonly dest: string;
  /** The manifest of this output, or for several platforms its index; files (`local`, `tar`) have none. */
  readonly descriptor?: Descriptor;
}

/** What a build made, and how. */
export interface BuildResult {
  /** The image, or of several platforms the first. */
  readonly image: BuiltImage;
  /** The images of all platforms, by names such as `linux/arm64`, in the order in which they were asked for. */
  readonly images: Readonly<Record<string, BuiltImage>>;
  readonly outputs: readonly OutputResult[];
  /** What is stated of the images, by platform; nothing unless `provenance` or `sbom` asked for it. */
  readonly attestations: Readonly<Record<string, readonly Attestation[]>>;
  /** Steps that can run (everything but FROM and metadata instructions), in Dockerfile order. */
  readonly steps: readonly StepResult[];
  readonly warnings: readonly BuildWarning[];
}
