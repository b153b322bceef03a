import type { BuildWarning, Descriptor, Digest, FileTree, ImageConfig, RunReason, StepStatus } from '@tsbuild/core';

/** A finished image, backed by the store of its builder. */
export interface BuiltImage {
  /** Digest of the config: the same for every output. */
  readonly id: Digest;
  readonly config: ImageConfig;
  /** The merged root file system. */
  tree(): Promise<ImageTree>;
}

/** A root file system with whole-file reads. */
export interface ImageTree extends FileTree {
  /** @throws {NotFoundError} when `path` is no file; symlinks are followed inside the root */
  read(path: string): Promise<Buffer>;
}

export interface StepResult {
  /** The instruction as shown, e.g. `RUN npm ci`. */
  readonly name: string;
  /** With its place, e.g. `[build 2/5] RUN npm ci`. */
  readonly label: string;
  readonly status: StepStatus;
  /** Why it ran; absent for cached steps. */
  readonly because?: RunReason;
  readonly durationMs: number;
}

export interface OutputResult {
  readonly type: 'oci' | 'docker' | 'registry' | 'image';
  /** Path or image name. */
  readonly dest: string;
  /** The manifest of this output. */
  readonly descriptor: Descriptor;
}

export interface BuildResult {
  readonly image: BuiltImage;
  readonly outputs: readonly OutputResult[];
  /** Steps that can run (everything but FROM and metadata instructions), in Dockerfile order. */
  readonly steps: readonly StepResult[];
  readonly warnings: readonly BuildWarning[];
}
