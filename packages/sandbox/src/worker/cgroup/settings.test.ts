import type { ResourceLimits } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { ociResources } from './oci-resources.ts';
import { controllersOf, settingsOf } from './settings.ts';

const ALL: ResourceLimits = {
  memory: 1000,
  memorySwap: 1500,
  cpuShares: 1024,
  cpuPeriod: 50_000,
  cpuQuota: 25_000,
  cpusetCpus: '0-1',
  cpusetMems: '0',
  pidsLimit: 7,
};

/** `file=value` of everything that is written. */
function written(limits: ResourceLimits, version: 1 | 2): readonly string[] {
  const settings = controllersOf(limits).flatMap((controller) => settingsOf(controller, limits, version));
  return settings.map(({ file, value }) => `${file}=${value}`);
}

test('in version 1', () => {
  expect(written(ALL, 1)).toEqual([
    'memory.limit_in_bytes=1000',
    'memory.memsw.limit_in_bytes=1500',
    'pids.max=7',
    'cpu.shares=1024',
    'cpu.cfs_period_us=50000',
    'cpu.cfs_quota_us=25000',
    'cpuset.cpus=0-1',
    'cpuset.mems=0',
  ]);
});

test('in version 2', () => {
  expect(written(ALL, 2)).toEqual([
    'memory.max=1000',
    'memory.swap.max=500',
    'pids.max=7',
    'cpu.weight=39',
    'cpu.max=25000 50000',
    'cpuset.cpus=0-1',
    'cpuset.mems=0',
  ]);
});

test('as much swap as memory, unless it is said otherwise', () => {
  expect(written({ memory: 1000 }, 1)).toEqual(['memory.limit_in_bytes=1000', 'memory.memsw.limit_in_bytes=2000']);
  expect(written({ memory: 1000 }, 2)).toEqual(['memory.max=1000', 'memory.swap.max=1000']);
  expect(written({ memory: 1000, memorySwap: -1 }, 1)).toContain('memory.memsw.limit_in_bytes=-1');
  expect(written({ memory: 1000, memorySwap: -1 }, 2)).toContain('memory.swap.max=max');
});

test('an OCI runtime is told the same, of swap only where it is counted', () => {
  expect(ociResources({ memory: 1000, pidsLimit: 7 }, true)).toEqual({
    memory: { limit: 1000, swap: 2000 },
    pids: { limit: 7 },
  });
  expect(ociResources({ memory: 1000, memorySwap: -1 }, true)).toEqual({ memory: { limit: 1000, swap: -1 } });
  expect(ociResources({ memory: 1000 }, false)).toEqual({ memory: { limit: 1000 } });
  expect(ociResources({ memory: 1000, memorySwap: 1500 }, false)).toEqual({ memory: { limit: 1000, swap: 1500 } });
  expect(ociResources({ cpuShares: 2 }, true)).toEqual({});
});

test('only what is asked for needs a controller', () => {
  expect(controllersOf({ pidsLimit: 5 })).toEqual(['pids']);
  expect(written({ cpuPeriod: 5000 }, 2)).toEqual(['cpu.max=max 5000']);
  expect(written({ cpuQuota: -1 }, 2)).toEqual(['cpu.max=max']);
});
