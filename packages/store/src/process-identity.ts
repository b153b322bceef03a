import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { digestHex, digestOf, systemErrorCode } from '@tsbuild/core';

/** Tells one process from every other that ever used the store. */
export interface ProcessIdentity {
  /** Within one machine identity, process ids mean the same: one boot of one kernel, one pid namespace. */
  readonly machine: string;
  readonly pid: number;
  /** When the kernel started it, so that a reused pid is not taken for it; `0` where that is not known. */
  readonly startTime: string;
}

let own: ProcessIdentity | undefined;

export function ownIdentity(): ProcessIdentity {
  own ??= { machine: machineIdentity(), pid: process.pid, startTime: startTimeOf('self') ?? '0' };
  return own;
}

/** Whether a process lives, or undefined when it belongs to another machine or pid namespace and cannot be asked about. */
export function isAlive({ machine, pid, startTime }: ProcessIdentity): boolean | undefined {
  if (machine !== ownIdentity().machine) return undefined;
  if (!pidExists(pid)) return false;
  const actual = startTimeOf(String(pid));
  return actual === undefined || startTime === '0' || actual === startTime;
}

/** 12 hex digits of the boot, then the number of the pid namespace. Where there is no /proc, the host's name and 0. */
function machineIdentity(): string {
  const boot = orUndefined(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').replaceAll('-', ''));
  const namespace = orUndefined(() => readlinkSync('/proc/self/ns/pid').replaceAll(/\D/g, ''));
  return `${(boot ?? digestHex(digestOf(hostname()))).slice(0, 12)}.${namespace || '0'}`;
}

function pidExists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return systemErrorCode(error) !== 'ESRCH';
  }
}

/** Field 22 of `/proc/<pid>/stat`; the second field, the name in parentheses, may itself hold spaces and parentheses. */
function startTimeOf(pid: string): string | undefined {
  const stat = orUndefined(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}

function orUndefined(read: () => string): string | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
