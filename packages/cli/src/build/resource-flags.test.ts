import { expect, test } from 'vitest';
import { readDuration } from './duration-value.ts';
import { readResources } from './resource-flags.ts';

function read(flags: Readonly<Record<string, string>>, resources: readonly string[] = []) {
  return readResources((name) => flags[name], resources);
}

test('every limit has its flag', () => {
  const flags = {
    memory: '1.5g',
    'memory-swap': '-1',
    'cpu-shares': '512',
    'cpu-period': '50000',
    'cpu-quota': '-1',
    'cpuset-cpus': '0-2,7',
    'cpuset-mems': '0',
    'pids-limit': '100',
  };
  expect(read(flags)).toEqual({
    resources: {
      memory: 1_610_612_736,
      memorySwap: -1,
      cpuShares: 512,
      cpuPeriod: 50_000,
      cpuQuota: -1,
      cpusetCpus: '0-2,7',
      cpusetMems: '0',
      pidsLimit: 100,
    },
  });
});

test('--resource takes the same keys, and wins', () => {
  expect(read({ memory: '1g' }, ['memory=64m', 'pids-limit=5'])).toEqual({
    resources: { memory: 67_108_864, pidsLimit: 5 },
  });
});

test('nothing and 0 are no limit', () => {
  expect(read({ memory: '0', 'cpu-shares': '', 'pids-limit': '-1' })).toEqual({});
});

test.each([
  [{ memory: 'much' }, [], 'malformed value of --memory: much'],
  [{ 'cpu-quota': '1.5' }, [], 'malformed value of --cpu-quota: 1.5'],
  [{}, ['memroy=1g'], 'invalid value "memroy=1g" for --resource'],
  [{}, ['memory'], 'invalid value "memory" for --resource'],
  [{}, ['memory=x'], 'malformed value of --resource memory: x'],
])('%o %o is refused', (flags, resources, message) => {
  expect(() => read(flags as Readonly<Record<string, string>>, resources)).toThrow(message);
});

test.each([
  ['30s', 30_000],
  ['1h30m', 5_400_000],
  ['1.5s', 1500],
  ['250ms', 250],
])('the duration %s', (text, milliseconds) => {
  expect(readDuration('step-timeout', text)).toBe(milliseconds);
});

test.each(['30', '', 's', '5m x', '-1s'])('the duration %j is refused', (text) => {
  expect(() => readDuration('step-timeout', text)).toThrow(`malformed value of --step-timeout: ${text}`);
});
