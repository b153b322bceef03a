import type { SourceRange } from './source-range.ts';

/** Identifies a step within one build. */
export type StepId = string;

/** One file of an input that is not as it was. */
export interface FileChange {
  readonly path: string;
  readonly what: 'added' | 'removed' | 'content' | 'mode' | 'owner' | 'type' | 'link' | 'attributes';
  /** Digest, octal mode, `uid:gid`, type or link target; absent for what was not there, or is not. */
  readonly from?: string;
  readonly to?: string;
}

/** Why a step ran: the first difference to what is recorded. */
export type RunReason = Difference & {
  /** Shared cache whose step it is compared with; absent for the store's. */
  readonly comparedWith?: string;
};

/** In what a step differs from a recorded one: the first difference that was found. */
export type Difference =
  | { readonly kind: 'never-built' }
  | { readonly kind: 'no-cache' }
  | { readonly kind: 'evicted' }
  /** The step may be `ttl` milliseconds old, and last ran at `recorded` (RFC 3339). */
  | { readonly kind: 'ttl'; readonly ttl: number; readonly recorded: string }
  | {
      readonly kind: 'input-changed';
      /** `build context`, or the stage, image or URL. */
      readonly input: string;
      /** Paths, the first ten. */
      readonly changed: readonly string[];
      /** How many more there are. */
      readonly more: number;
      /** What became of each of `changed`. */
      readonly details?: readonly FileChange[];
    }
  | { readonly kind: 'instruction-changed'; readonly from: string; readonly to: string }
  | { readonly kind: 'variable-changed'; readonly name: string }
  /** What holds for the instruction but is written elsewhere: `USER`, `WORKDIR`, `SHELL`, `--network`, … */
  | { readonly kind: 'setting-changed'; readonly name: string; readonly from: string; readonly to: string }
  | { readonly kind: 'base-changed'; readonly from: string; readonly to: string }
  | { readonly kind: 'destination-changed'; readonly path: string }
  | { readonly kind: 'parent-changed'; readonly step: string };

/** How a step ended. */
export type StepStatus = 'ran' | 'cached' | 'failed' | 'cancelled';

/** A finding of a build check, or something else that does not fail the build. */
export interface BuildWarning {
  /** Name of the check, such as `StageNameCasing`. */
  readonly rule: string;
  readonly message: string;
  readonly url?: string;
  readonly range?: SourceRange;
}

/** What an event tells, without when. */
export type BuildEventBody =
  | {
      readonly type: 'build-started';
      /** Id of the build's record. */
      readonly build: string;
      readonly target: string;
      readonly platform: string;
      /** Name of the Dockerfile, and its text. */
      readonly dockerfile: string;
      readonly source: string;
    }
  | {
      readonly type: 'step-defined';
      readonly step: StepId;
      /** As shown, e.g. `[build 2/5] RUN npm ci`. */
      readonly name: string;
      readonly inputs: readonly StepId[];
      readonly range?: SourceRange;
    }
  | { readonly type: 'step-started'; readonly step: StepId }
  | {
      readonly type: 'step-log';
      readonly step: StepId;
      readonly stream: 'stdout' | 'stderr';
      readonly bytes: Uint8Array;
    }
  | {
      readonly type: 'step-progress';
      readonly step: StepId;
      /** What is being transferred or worked on, e.g. a blob's digest. */
      readonly item: string;
      readonly current: number;
      readonly total?: number;
      readonly isDone: boolean;
    }
  | {
      readonly type: 'step-finished';
      readonly step: StepId;
      readonly status: StepStatus;
      readonly because?: RunReason;
      /** Shared cache that a cached step comes from; absent for the store. */
      readonly from?: string;
      readonly error?: string;
    }
  | { readonly type: 'warning'; readonly warning: BuildWarning }
  | {
      readonly type: 'build-finished';
      readonly status: 'succeeded' | 'failed' | 'cancelled';
      readonly error?: string;
      /** What was built, by platform. */
      readonly images?: readonly { readonly platform: string; readonly id: string }[];
    };

/** Everything that can be told of a running build. Progress, logs, records and reports are made of these alone. */
export type BuildEvent = BuildEventBody & {
  /** Version of the event format. New kinds of event may be added to a version; a change of meaning takes a new one. */
  readonly v: 1;
  /** Milliseconds since 1970. */
  readonly time: number;
};
