import { existsSync, statSync } from 'node:fs';
import { optional, type Syscall, syscall } from '../launch/program.ts';
import { MS_BIND, MS_NODEV, MS_NOEXEC, MS_NOSUID, MS_RDONLY, MS_REC, MS_REMOUNT } from '../linux/flags.ts';

/** What a container may see but not write. */
export const READ_ONLY = ['proc/bus', 'proc/fs', 'proc/irq', 'proc/sys', 'proc/sysrq-trigger'];

/** What tells of the machine and is hidden. */
export const MASKED = [
  'proc/acpi',
  'proc/asound',
  'proc/interrupts',
  'proc/kcore',
  'proc/keys',
  'proc/latency_stats',
  'proc/sched_debug',
  'proc/scsi',
  'proc/timer_list',
  'proc/timer_stats',
  'sys/devices/virtual/powercap',
  'sys/firmware',
];

const HARDENED = MS_NOSUID | MS_NODEV | MS_NOEXEC;

export interface KernelFileOptions {
  readonly isPrivileged: boolean;
  readonly userNamespace: boolean;
  /** What {@link hidingCalls} gave. */
  readonly hiding: readonly Syscall[];
}

/**
 * Mounts `/proc`, `/sys` and `/dev/mqueue`, which show the namespaces of whoever mounts them, so the command's own
 * process must. Relative to the root.
 */
export function kernelFileCalls({ isPrivileged, userNamespace, hiding }: KernelFileOptions): Syscall[] {
  const sys = syscall('mount', 'sysfs', 'sys', 'sysfs', isPrivileged ? HARDENED : HARDENED | MS_RDONLY, 0);
  return [
    syscall('mount', 'proc', 'proc', 'proc', HARDENED, 0),
    userNamespace ? optional(sys) : sys,
    optional(syscall('mount', 'mqueue', 'dev/mqueue', 'mqueue', HARDENED, 0)),
    ...(isPrivileged ? [] : hiding),
  ];
}

/** Protects what this kernel has of the files that containers may not write or see. */
export function hidingCalls(): Syscall[] {
  const isThere = (path: string) => existsSync(`/${path}`);
  return [...READ_ONLY.filter(isThere).flatMap(readOnlyCalls), ...MASKED.filter(isThere).map(maskCall)];
}

function readOnlyCalls(path: string): Syscall[] {
  const remount = MS_REMOUNT | MS_BIND | MS_RDONLY | HARDENED;
  return [syscall('mount', path, path, 0, MS_BIND | MS_REC, 0), syscall('mount', 0, path, 0, remount, 0)];
}

function maskCall(path: string): Syscall {
  if (statSync(`/${path}`).isDirectory()) return syscall('mount', 'tmpfs', path, 'tmpfs', HARDENED | MS_RDONLY, 0);
  return syscall('mount', 'dev/null', path, 0, MS_BIND, 0);
}
