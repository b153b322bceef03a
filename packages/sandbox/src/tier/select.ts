import { mkdirSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { isTsbuildError, type SandboxWeakness, TsbuildError } from '@tsbuild/core';
import type { RunnerName } from '../options.ts';
import { startChrootTier } from './chroot.ts';
import { isOrdinaryContainer } from './ordinary-container.ts';
import { startRootTier } from './root.ts';
import {
  type RunnerReport,
  type StartedTier,
  type StartTier,
  TIERS,
  type TierName,
  type TierReport,
  unavailable,
} from './tier.ts';
import { startUsernsSingleTier, startUsernsTier } from './user-namespace.ts';

const START: Readonly<Record<TierName, StartTier>> = {
  root: startRootTier,
  userns: startUsernsTier,
  'userns-single': startUsernsSingleTier,
  chroot: startChrootTier,
};

const OCI_RUNTIMES: readonly RunnerName[] = ['runc', 'crun'];

const NO_BOUNDARY = 'no boundary: nothing keeps a command from what this process may do';

const PLATFORM_NAMES: Readonly<Partial<Record<NodeJS.Platform, string>>> = { darwin: 'macOS', win32: 'Windows' };

const LINUX_PLACES: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  darwin: 'a virtual machine with Linux (lima, colima, multipass)',
  win32: 'WSL 2 (wsl --install)',
};

export interface SelectedTier extends StartedTier {
  readonly name: TierName;
  /** The sandbox's own folder. */
  readonly folder: string;
  /** What keeps commands apart is less than a user of this machine would expect. */
  readonly weakness?: SandboxWeakness;
}

export interface TierRequest {
  readonly tier: 'auto' | TierName;
  readonly scratch: string;
  readonly runner: RunnerName;
  readonly ignoreChownErrors?: boolean | undefined;
}

/**
 * Starts `tier`, or with `auto` the strongest that this machine allows. Processes of the first are started before this returns
 * to its caller, who may have much to do meanwhile. @throws ERR_TSBUILD_RUN_UNAVAILABLE
 */
export async function startTier({ tier, scratch, ...options }: TierRequest): Promise<SelectedTier> {
  requireLinux();
  mkdirSync(scratch, { recursive: true, mode: 0o700 });
  const reports: TierReport[] = [];
  for (const name of tier === 'auto' ? TIERS : [tier]) {
    try {
      return { ...(await tryTier(name, scratch, options)), ...weaknessOf(name, reports) };
    } catch (error) {
      reports.push(reportOf(name, error));
    }
  }
  throw refusal(reports);
}

/** A changed root directory is no boundary; where a container is one, there is nothing to tell. */
function weaknessOf(name: TierName, [strongest]: readonly TierReport[]): Pick<SelectedTier, 'weakness'> {
  if (name !== 'chroot' || strongest === undefined || isOrdinaryContainer()) return {};
  const { reason = '', hint } = strongest;
  return { weakness: { reason, ...(hint !== undefined && { hint }) } };
}

async function tryTier(
  name: TierName,
  scratch: string,
  options: Omit<TierRequest, 'tier' | 'scratch'>,
): Promise<SelectedTier> {
  const folder = mkdtempSync(resolve(scratch, 'sandbox-'));
  try {
    return { name, folder, ...(await START[name]({ folder, ...options })) };
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
      await startAndEnd(tier, scratch, 'builtin');
      const isOpen = tier === 'chroot' && !isOrdinaryContainer();
      reports.push({ tier, isAvailable: true, ...(isOpen && { warning: NO_BOUNDARY }) });
    } catch (error) {
      reports.push(reportOf(tier, error));
    }
  }
  return reports;
}

/** Tries every other runner in a tier that works, in the same way. For `doctor`. */
export async function probeRunners(tier: TierName, scratch: string = tmpdir()): Promise<readonly RunnerReport[]> {
  const reports: RunnerReport[] = [];
  for (const runner of OCI_RUNTIMES) {
    try {
      await startAndEnd(tier, scratch, runner);
      reports.push({ runner, isAvailable: true });
    } catch (error) {
      const { reason = '', hint } = reportOf(tier, error);
      reports.push({ runner, isAvailable: false, reason, ...(hint !== undefined && { hint }) });
    }
  }
  return reports;
}

async function startAndEnd(tier: TierName, scratch: string, runner: RunnerName): Promise<void> {
  const { worker, archivers, folder } = await tryTier(tier, scratch, { runner });
  await worker[Symbol.asyncDispose]();
  await archivers[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
}

/** @throws {TsbuildError} that names what can be done on this platform, where it is not Linux */
export function requireLinux(platform: NodeJS.Platform = process.platform): void {
  if (platform === 'linux') return;
  const name = PLATFORM_NAMES[platform] ?? platform;
  throw new TsbuildError('ERR_TSBUILD_RUN_UNAVAILABLE', `RUN needs a Linux kernel, this is ${name}`, {
    hint: [
      'images without RUN build here',
      `for RUN build in ${LINUX_PLACES[platform] ?? 'a virtual machine with Linux'}`,
      'or in a container: docker run -v "$PWD":/src -w /src node:22 npx @tsbuild/cli build .',
    ].join('; '),
  });
}

function reportOf(tier: TierName, error: unknown): TierReport {
  const known = isTsbuildError(error) ? error : new TsbuildError('ERR_TSBUILD_RUN_UNAVAILABLE', String(error));
  return unavailable(tier, known);
}

function refusal(reports: readonly TierReport[]): TsbuildError {
  const reasons = reports.map(({ tier, reason }) => `${tier}: ${reason}`).join('; ');
  const cures = new Set(reports.flatMap(({ hint }) => hint ?? []));
  const hint = [[...cures].join('; or '), 'tsbuild doctor tells more'].filter((part) => part !== '').join('; ');
  return new TsbuildError('ERR_TSBUILD_RUN_UNAVAILABLE', `no sandbox for RUN on this machine (${reasons})`, { hint });
}
