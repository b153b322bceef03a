import { type ExecResult, type ProcessSpec, type ResourceLimits, UsageError } from '@tsbuild/core';
import type { BuildOptions } from '../options.ts';

/** What bounds the commands of a build. It is no part of any key. */
export interface CommandLimits {
  readonly shmSizeBytes?: number | undefined;
  readonly ulimits?: BuildOptions['ulimits'];
  readonly resources?: ResourceLimits | undefined;
  readonly timeoutMs?: number | undefined;
}

const MIB = 1024 * 1024;
/** Docker's, too: with less not even a shell starts. */
const LEAST_MEMORY = 6 * MIB;
const LEAST_QUOTA = 1000;
const MOST_PERIOD = 1_000_000;
/** The longest that a timer of Node waits. */
const MOST_TIMEOUT = 2 ** 31 - 1;
const UNLIMITED = -1;
const ID_LIST = /^\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*$/;

type AskedLimits = Pick<BuildOptions, 'shmSize' | 'ulimits' | 'resources' | 'stepTimeout'>;

/** The limits that a build or a run asks for. @throws {UsageError} for those that make no sense, before anything runs */
export function commandLimits({ shmSize, ulimits, resources, stepTimeout }: AskedLimits): CommandLimits {
  if (stepTimeout !== undefined) requireBetween('--step-timeout', stepTimeout, 1, MOST_TIMEOUT);
  if (resources !== undefined) requireSense(resources);
  const hasLimit = Object.values(resources ?? {}).some((value) => value !== undefined);
  return { shmSizeBytes: shmSize, ulimits, timeoutMs: stepTimeout, resources: hasLimit ? resources : undefined };
}

/** Those of a process. */
export function processLimits({ shmSizeBytes, ulimits, resources }: CommandLimits): Partial<ProcessSpec> {
  return {
    ...(shmSizeBytes !== undefined && { shmSizeBytes }),
    ...(ulimits !== undefined && { ulimits }),
    ...(resources !== undefined && { resources }),
  };
}

/** Which limit ended a command, if one did; for its error. */
export function endedBy(result: ExecResult, { timeoutMs = 0, resources }: CommandLimits): string | undefined {
  if (result.isTimeout === true) return `stopped after ${timeoutMs / 1000}s, the time limit of a step (--step-timeout)`;
  if (result.isOutOfMemory !== true) return undefined;
  const mebibytes = Math.round(((resources?.memory ?? 0) / MIB) * 10) / 10;
  return `out of memory: the kernel killed it at the limit of ${mebibytes} MiB (--memory)`;
}

function requireSense({ memory, memorySwap, cpuShares, cpuPeriod, cpuQuota, ...others }: ResourceLimits): void {
  if (memory !== undefined) requireBetween('--memory', memory, LEAST_MEMORY, Number.MAX_SAFE_INTEGER);
  if (memorySwap !== undefined) requireSwap(memorySwap, memory);
  if (cpuShares !== undefined) requireBetween('--cpu-shares', cpuShares, 2, 262_144);
  if (cpuPeriod !== undefined) requireBetween('--cpu-period', cpuPeriod, LEAST_QUOTA, MOST_PERIOD);
  if (cpuQuota !== undefined && cpuQuota !== UNLIMITED)
    requireBetween('--cpu-quota', cpuQuota, LEAST_QUOTA, Number.MAX_SAFE_INTEGER);
  const { cpusetCpus, cpusetMems, pidsLimit } = others;
  if (pidsLimit !== undefined) requireBetween('--pids-limit', pidsLimit, 1, 4_194_304);
  for (const [flag, list] of [['--cpuset-cpus', cpusetCpus] as const, ['--cpuset-mems', cpusetMems] as const]) {
    if (list !== undefined && !ID_LIST.test(list))
      throw new UsageError(`${flag}=${list} is no list of numbers`, { hint: 'as in 0-2,7' });
  }
}

function requireSwap(memorySwap: number, memory: number | undefined): void {
  if (memory === undefined) throw new UsageError('--memory-swap needs --memory');
  if (memorySwap !== UNLIMITED && memorySwap < memory) {
    throw new UsageError('--memory-swap is less than --memory', {
      hint: 'it is the sum of memory and swap; -1 is no limit',
    });
  }
}

function requireBetween(flag: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new UsageError(`${flag}=${value} is out of range`, { hint: `it goes from ${least} to ${most}` });
}
