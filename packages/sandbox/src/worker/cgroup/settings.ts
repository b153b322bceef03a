import type { ResourceLimits } from '@tsbuild/core';
import type { Controller } from './hierarchies.ts';

/** One line to write to one file of a cgroup. */
export interface Setting {
  readonly controller: Controller;
  readonly file: string;
  readonly value: string;
  /** The option that asks for it. */
  readonly option: string;
  /** Carry on where the kernel does not have the file: nobody asked for this one. */
  readonly isImplied?: boolean;
}

type Version = 1 | 2;
type Settings = (limits: ResourceLimits, version: Version) => readonly (Setting | undefined)[];

const UNLIMITED = -1;

const SETTINGS: Readonly<Record<Controller, Settings>> = {
  memory: memorySettings,
  pids: ({ pidsLimit }) => [setting('pids', 'pids.max', pidsLimit, 'pids-limit')],
  cpu: (limits, version) => (version === 1 ? cpuSettingsV1(limits) : cpuSettingsV2(limits)),
  cpuset: ({ cpusetCpus, cpusetMems }) => [
    setting('cpuset', 'cpuset.cpus', cpusetCpus, 'cpuset-cpus'),
    setting('cpuset', 'cpuset.mems', cpusetMems, 'cpuset-mems'),
  ],
};

/** What `limits` means to a controller, in the order of writing. */
export function settingsOf(controller: Controller, limits: ResourceLimits, version: Version): readonly Setting[] {
  return SETTINGS[controller](limits, version).filter((entry) => entry !== undefined);
}

/** The controllers that `limits` needs. */
export function controllersOf(limits: ResourceLimits): readonly Controller[] {
  const controllers: readonly Controller[] = ['memory', 'pids', 'cpu', 'cpuset'];
  return controllers.filter((controller) => settingsOf(controller, limits, 2).length > 0);
}

/** As docker does: without `memorySwap` there may be as much swap as memory. -1 is without limit. */
export function memoryAndSwap({
  memory,
  memorySwap,
}: {
  readonly memory: number;
  readonly memorySwap?: number | undefined;
}): number {
  return memorySwap ?? 2 * memory;
}

function memorySettings({ memory, memorySwap }: ResourceLimits, version: Version): readonly (Setting | undefined)[] {
  if (memory === undefined) return [];
  const isImplied = memorySwap === undefined || memorySwap === UNLIMITED;
  const total = memoryAndSwap({ memory, memorySwap });
  const swap = total === UNLIMITED ? UNLIMITED : total - memory;
  const [file, value] =
    version === 1 ? ['memory.memsw.limit_in_bytes', String(total)] : ['memory.swap.max', maximum(swap)];
  return [
    setting('memory', version === 1 ? 'memory.limit_in_bytes' : 'memory.max', memory, 'memory'),
    { controller: 'memory', file, value, option: 'memory-swap', isImplied },
  ];
}

function cpuSettingsV1({ cpuShares, cpuPeriod, cpuQuota }: ResourceLimits): readonly (Setting | undefined)[] {
  return [
    setting('cpu', 'cpu.shares', cpuShares, 'cpu-shares'),
    setting('cpu', 'cpu.cfs_period_us', cpuPeriod, 'cpu-period'),
    setting('cpu', 'cpu.cfs_quota_us', cpuQuota, 'cpu-quota'),
  ];
}

function cpuSettingsV2({ cpuShares, cpuPeriod, cpuQuota }: ResourceLimits): readonly (Setting | undefined)[] {
  const hasBandwidth = cpuPeriod !== undefined || cpuQuota !== undefined;
  const bandwidth = [maximum(cpuQuota ?? UNLIMITED), ...(cpuPeriod === undefined ? [] : [cpuPeriod])].join(' ');
  return [
    setting('cpu', 'cpu.weight', cpuShares === undefined ? undefined : weightOf(cpuShares), 'cpu-shares'),
    hasBandwidth
      ? setting('cpu', 'cpu.max', bandwidth, cpuQuota === undefined ? 'cpu-period' : 'cpu-quota')
      : undefined,
  ];
}

/** Shares of 2 to 262144 on the scale of 1 to 10000, as OCI runtimes do. */
function weightOf(shares: number): number {
  const clamped = Math.min(Math.max(shares, 2), 262_144);
  return 1 + Math.floor(((clamped - 2) * 9999) / 262_142);
}

function maximum(value: number): string {
  return value === UNLIMITED ? 'max' : String(value);
}

function setting(
  controller: Controller,
  file: string,
  value: string | number | undefined,
  option: string,
): Setting | undefined {
  return value === undefined ? undefined : { controller, file, value: String(value), option };
}
