import { UsageError } from '@tsbuild/core';
import { didYouMean } from '@tsbuild/dockerfile';
import type { BuildOptions } from '@tsbuild/engine';
import { readBytes } from './bytes-value.ts';

type Resources = NonNullable<BuildOptions['resources']>;
type Reader = (flag: string, text: string) => Resources;

/** How the value of each flag is read. */
const READERS = {
  memory: (flag, text) => ({ memory: readBytes(flag, text) }),
  'memory-swap': (flag, text) => ({ memorySwap: text === '-1' ? -1 : readBytes(flag, text) }),
  'cpu-shares': (flag, text) => ({ cpuShares: readNumber(flag, text) }),
  'cpu-period': (flag, text) => ({ cpuPeriod: readNumber(flag, text) }),
  'cpu-quota': (flag, text) => ({ cpuQuota: readNumber(flag, text) }),
  'cpuset-cpus': (_, text) => ({ cpusetCpus: text }),
  'cpuset-mems': (_, text) => ({ cpusetMems: text }),
  'pids-limit': (flag, text) => (text === '-1' ? {} : { pidsLimit: readNumber(flag, text) }),
} satisfies Record<string, Reader>;

type ResourceName = keyof typeof READERS;

const NAMES = Object.keys(READERS) as readonly ResourceName[];

/** The limits that flags of their own and `--resource KEY=VALUE` ask for; the latter win. @throws {UsageError} */
export function readResources(
  value: (name: ResourceName) => string | undefined,
  resources: readonly string[],
): Pick<BuildOptions, 'resources'> {
  const own = NAMES.map((name) => read(name, name, value(name)));
  const found: Resources = Object.assign({}, ...own, ...resources.map(readResource));
  return Object.keys(found).length === 0 ? {} : { resources: found };
}

function readResource(text: string): Resources {
  const at = text.indexOf('=');
  const key = at === -1 ? text : text.slice(0, at);
  const name = NAMES.find((known) => known === key);
  if (name === undefined || at === -1) {
    throw new UsageError(`invalid value ${JSON.stringify(text)} for --resource`, {
      hint: didYouMean(key, NAMES) ?? `expected KEY=VALUE, with a key of ${NAMES.join(', ')}`,
    });
  }
  return read(name, `resource ${key}`, text.slice(at + 1));
}

function read(name: ResourceName, flag: string, text: string | undefined): Resources {
  const isUnlimited = text === '0' && !name.startsWith('cpuset'); // as with docker; of a list, 0 is a member
  return text === undefined || text === '' || isUnlimited ? {} : READERS[name](flag, text);
}

function readNumber(flag: string, text: string): number {
  if (/^-?\d{1,15}$/.test(text)) return Number(text);
  throw new UsageError(`malformed value of --${flag}: ${text}`, { hint: 'expected a whole number' });
}
