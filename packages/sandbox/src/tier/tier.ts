import { isTsbuildError, type TsbuildError } from '@tsbuild/core';
import type { FolderFormat } from '../archive-job.ts';
import type { Archivers } from '../archivers.ts';
import type { RunnerName } from '../options.ts';
import type { WorkerProcess } from '../worker-process.ts';

/**
 * How a command is kept apart, strongest first: `root` has namespaces made by root, `userns` a user namespace with the
 * caller's subordinate ids, `userns-single` one with the caller's id alone, `chroot` only another root directory.
 */
export type TierName = 'root' | 'userns' | 'userns-single' | 'chroot';

export const TIERS: readonly TierName[] = ['root', 'userns', 'userns-single', 'chroot'];

/** What trying a tier on this machine gave. */
export interface TierReport {
  readonly tier: TierName;
  readonly isAvailable: boolean;
  /** Why it is not available. */
  readonly reason?: string;
  /** What would make it available. */
  readonly hint?: string;
  /** What it does not keep commands from, although it is available. */
  readonly warning?: string;
}

/** What trying a runner gave. */
export interface RunnerReport {
  readonly runner: RunnerName;
  readonly isAvailable: boolean;
  /** Why it is not available. */
  readonly reason?: string;
  /** What would make it available. */
  readonly hint?: string;
}

/** A tier whose processes run. */
export interface StartedTier {
  readonly worker: WorkerProcess;
  readonly archivers: Archivers;
  /** Names how ids on disk relate to ids in the root; snapshots of different ones are kept apart. */
  readonly idMap: string;
  /** Names the class of its results, where that is not the tier. */
  readonly resultClass?: string;
  readonly format: FolderFormat;
}

export interface TierOptions {
  /** The sandbox's own folder. */
  readonly folder: string;
  readonly runner: RunnerName;
  /** For the tier `userns-single`. */
  readonly ignoreChownErrors?: boolean | undefined;
}

/** @throws when this machine does not allow the tier */
export type StartTier = (options: TierOptions) => Promise<StartedTier>;

/** The report of a tier that could not be started. */
export function unavailable(tier: TierName, error: TsbuildError): TierReport {
  const { message, hint } = error;
  return { tier, isAvailable: false, reason: message, ...(hint !== undefined && { hint }) };
}

/** True for an error that already says what is missing and how to get it, such as a program. */
export function namesItsMend(error: unknown): error is TsbuildError {
  return isTsbuildError(error) && error.code === 'ERR_TSBUILD_RUN_UNAVAILABLE' && error.hint !== undefined;
}
