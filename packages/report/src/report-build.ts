import type { BuildWarning, ImageConfig, LayerEntry, StepStatus } from '@tsbuild/core';

/** A step of the build that is reported. */
export interface ReportStep {
  readonly id: string;
  /** With its place, e.g. `[build 2/5] RUN npm ci`. */
  readonly name: string;
  /** Absent for a step that never began. */
  readonly status?: StepStatus;
  /** Why it ran, in words. */
  readonly reason?: string;
  /** Milliseconds after the build began. */
  readonly startMs?: number;
  readonly durationMs?: number;
  /** Ids of the steps that it waited for. */
  readonly inputs: readonly string[];
  /** First line of the instruction. */
  readonly line?: number;
  readonly error?: string;
  /** What it printed, or the end of it. */
  readonly log?: string;
  /** Bytes of output before `log`, which are left out. */
  readonly logBytesLeftOut?: number;
}

/** A layer of an image: what it brings, and what later ones hide of it. */
export interface ReportLayer {
  readonly diffId: string;
  /** Bytes of its files. */
  readonly size: number;
  /** Of these, what later layers replaced or deleted. */
  readonly hidden: number;
  /** The instruction, as the history has it. */
  readonly createdBy: string;
  readonly entries: Iterable<LayerEntry>;
}

/** An image of the build, for one platform. */
export interface ReportImage {
  readonly platform: string;
  readonly id: string;
  readonly config: ImageConfig;
  /** Bottom first. */
  readonly layers: readonly ReportLayer[];
}

/** Everything that the page shows. Text may hold anything; nothing of it is taken as markup. */
export interface ReportBuild {
  readonly title: string;
  readonly status: 'succeeded' | 'failed' | 'cancelled' | 'interrupted';
  readonly error?: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly durationMs: number;
  readonly platform: string;
  readonly target: string;
  readonly dockerfile?: { readonly name: string; readonly text: string };
  /** In Dockerfile order. */
  readonly steps: readonly ReportStep[];
  readonly warnings: readonly BuildWarning[];
  readonly images: readonly ReportImage[];
  readonly outputs: readonly { readonly type: string; readonly dest: string; readonly digest: string }[];
}
