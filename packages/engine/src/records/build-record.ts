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
  readonly durationMs?: number;
  readonly error?: string;
  /** Bytes of output; absent when there was none. */
  readonly logBytes?: number;
}

/** What is kept of one build. */
export interface BuildRecord {
  readonly id: string;
  /** First name of the image, else the folder that was built. */
  readonly name: string;
  readonly dockerfile: string;
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
}

export const RECORD_FILE = 'build.json';
export const RECORD_VERSION = 1;

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
