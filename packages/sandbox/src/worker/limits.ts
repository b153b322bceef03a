import { TsbuildError } from '@tsbuild/core';
import { type Syscall, syscall } from '../launch/program.ts';

/** `RLIMIT_*` of Linux by the names that `--ulimit` takes. */
const RESOURCES: Readonly<Record<string, number>> = {
  cpu: 0,
  fsize: 1,
  data: 2,
  stack: 3,
  core: 4,
  rss: 5,
  nproc: 6,
  nofile: 7,
  memlock: 8,
  as: 9,
  locks: 10,
  sigpending: 11,
  msgqueue: 12,
  nice: 13,
  rtprio: 14,
  rttime: 15,
};

const UNLIMITED = 0xffff_ffff_ffff_ffffn;

type Ulimits = Readonly<Record<string, { readonly soft: number; readonly hard: number }>>;

/** @throws {TsbuildError} ERR_TSBUILD_USAGE for a limit that Linux does not have */
export function limitCalls(ulimits: Ulimits): Syscall[] {
  return Object.entries(ulimits).map(([name, { soft, hard }]) => {
    const resource = RESOURCES[name];
    if (resource === undefined) {
      throw new TsbuildError('ERR_TSBUILD_USAGE', `unknown ulimit ${JSON.stringify(name)}`, {
        hint: `known are ${Object.keys(RESOURCES).join(', ')}`,
      });
    }
    const limits = Buffer.alloc(16);
    limits.writeBigUInt64LE(toLimit(soft), 0);
    limits.writeBigUInt64LE(toLimit(hard), 8);
    return syscall('prlimit64', 0, resource, limits, 0);
  });
}

function toLimit(value: number): bigint {
  return value < 0 ? UNLIMITED : BigInt(value);
}
