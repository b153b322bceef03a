import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { isTsbuildError, TsbuildError } from '@tsbuild/core';
import type { RunnerName } from '../options.ts';
import { startChrootTier } from './chroot.ts';
import { startRootTier } from './root.ts';
import { type StartedTier, type StartTier, TIERS, type TierName, type TierReport, unavailable } from './tier.ts';
import { startUsernsSingleTier, startUsernsTier } from './user-namespace.ts';

const START: Readonly<Record<TierName, StartTier>> = {
  root: startRootTier,
  userns: startUsernsTier,
  'userns-single': startUsernsSingleTier,
  chroot: startChrootTier,
};

export interface SelectedTier extends StartedTier {
  readonly name: TierName;
  /** The sandbox's own folder. */
  readonly folder: string;
}

export interface TierRequest {
  readonly tier: 'auto' | TierName;
  readonly scratch: string;
  readonly runner: RunnerName;
}

/** Starts `tier`, or with `auto` the strongest that this machine allows. @throws ERR_TSBUILD_RUN_UNAVAILABLE */
export async function startTier({ tier, scratch, runner }: TierRequest): Promise<SelectedTier> {
  requireLinux();
  await mkdir(scratch, { recursive: true, mode: 0o700 });
  const reports: TierReport[] = [];
  for (const name of tier === 'auto' ? TIERS : [tier]) {
    try {
      return await tryTier(name, scratch, runner);
    } catch (error) {
      reports.push(reportOf(name, error));
    }
  }
  throw refusal(reports);
}

async function tryTier(name: TierName, scratch: string, runner: RunnerName): Promise<SelectedTier> {
  const folder = await mkdtemp(resolve(scratch, 'sandbox-'));
  try {
    return { name, folder, ...(await START[name]({ folder, runner })) };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/**
 * Tries every tier on this machine by really starting and mounting, strongest first. For `doctor`.
 * @param scratch a folder on the file system of the store, which overlays must support. @default the system's own
 */
export async function probeTiers(scratch: string = tmpdir()): Promise<readonly TierReport[]> {
  requireLinux();
  const reports: TierReport[] = [];
  for (const tier of TIERS) {
    try {
      const { worker, archivers, folder } = await tryTier(tier, scratch, 'builtin');
      await worker[Symbol.asyncDispose]();
      await archivers[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
      reports.push({ tier, isAvailable: true });
    } catch (error) {
      reports.push(reportOf(tier, error));
    }
  }
  return reports;
}

function requireLinux(): void {
  if (process.platform === 'linux') return;
  throw new TsbuildError('ERR_TSBUILD_RUN_UNAVAILABLE', `RUN needs Linux, this is ${process.platform}`, {
    hint: 'images without RUN build here; for RUN use a Linux machine, a virtual machine or a container',
  });
}

function reportOf(tier: TierName, error: unknown): TierReport {
  const known = isTsbuildError(error) ? error : new TsbuildError('ERR_TSBUILD_RUN_UNAVAILABLE', String(error));
  return unavailable(tier, known);
}

function refusal(reports: readonly TierReport[]): TsbuildError {
  const reasons = reports.map(({ tier, reason }) => `${tier}: ${reason}`).join('; ');
  const cure = reports.find((report) => report.hint !== undefined)?.hint;
  const hint = `${cure === undefined ? '' : `${cure}; `}tsbuild doctor tells more`;
  return new TsbuildError('ERR_TSBUILD_RUN_UNAVAILABLE', `no sandbox for RUN on this machine (${reasons})`, { hint });
}
