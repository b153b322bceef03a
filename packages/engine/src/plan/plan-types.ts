import type { Digest, RunReason } from '@tsbuild/core';

/** What a build would do with one step. */
export interface PlannedStep {
  /** The instruction as shown, e.g. `RUN npm ci`. */
  readonly name: string;
  /** With its place, e.g. `[build 2/5] RUN npm ci`. */
  readonly label: string;
  /** `unknown`: it depends on what a step before it writes. */
  readonly status: 'cached' | 'would-run' | 'unknown';
  /** Why it would run. */
  readonly because?: RunReason;
  /** Shared cache that has it, of a cached step that the store does not. */
  readonly from?: string;
  /** What has to happen before an unknown step can be told. */
  readonly until?: string;
}

/** What a build would do. */
export interface BuildPlan {
  /** Steps that can run, in Dockerfile order. */
  readonly steps: readonly PlannedStep[];
  /** Id of the image that the build would give; only when every step is cached, for one platform and without squash. */
  readonly imageId?: Digest;
}
