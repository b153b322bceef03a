import type { BuildWarning, RunReason, StepStatus } from '@tsbuild/core';

/** What is kept of one step of a build. */
export interface RecordedStep {
  readonly id: string;
  /** With its place, e.g. `[build 2/5] RUN npm ci`. */
  readonly name: string;
  /** Absent for a step that never began. */
  readonly status?: StepStatus;
  readonly because?: RunReason;
  /** Shared cache that a cached step comes from; absent for the store. */
  readonly from?: string;
  /** Milliseconds after the build began. */
  readonly startMs?: number;
  readonly durationMs?: number;
  /** Ids of the steps that it waited for; absent when there were none. */
  readonly inputs?: readonly string[];
  /** First line of its instruction in the Dockerfile. */
  readonly line?: number;
  readonly error?: string;
  /** Bytes of output; absent when there was none. */
  readonly logBytes?: number;
}

/** What is kept of one build. */
export interface BuildRecord {
  readonly id: string;
  /** First name of the image, else the folder that was built. */
  readonly name: string;
  /** Name of the Dockerfile. */
  readonly dockerfile: string;
  /** Its text, or nothing where it is larger than 256 KiB. */
  readonly source: string;
  readonly target: string;
  readonly platform: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** `interrupted`: it is still running, or its process died. */
  readonly status: 'succeeded' | 'failed' | 'cancelled' | 'interrupted';
  readonly error?: string;
  readonly steps: readonly RecordedStep[];
  readonly warnings: readonly BuildWarning[];
  /** What was built. */
  readonly images: readonly { readonly platform: string; readonly id: string }[];
}

/** Characters of a Dockerfile that a record holds. */
export const MAX_SOURCE = 256 * 1024;

export const RECORD_FILE = 'build.json';
export const RECORD_VERSION = 2;

const ID = /^([0-9a-z]{9})-[0-9a-f]{8}$/;

export function isBuildId(text: string): boolean {
  return ID.test(text);
}

/** Ids sort by time. */
export function newBuildId(time: number, random: Uint8Array): string {
  return `${time.toString(36).padStart(9, '0')}-${Buffer.from(random).toString('hex').slice(0, 8)}`;
}

/** When the build of this id began. */
export function timeOfBuildId(id: string): number {
  return Number.parseInt(id.slice(0, 9), 36);
}

/** File of a step's output, in the folder of its build. */
export function logFile(step: string): string {
  return `${step.replace(/[^A-Za-z0-9_.-]/g, '_')}.log`;
}
