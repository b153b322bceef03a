import { type Architecture, PROGRAM_FD, REPORT_FD } from '../launch/architecture.ts';
import { optional, type Syscall, syscall } from '../launch/program.ts';
import {
  CLONE_NEWIPC,
  CLONE_NEWNET,
  CLONE_NEWNS,
  CLONE_NEWUTS,
  MNT_DETACH,
  MS_BIND,
  MS_NODEV,
  MS_RDONLY,
  MS_REMOUNT,
} from '../linux/flags.ts';
import type { TierFeatures } from '../protocol.ts';
import { failWith, filterCall, SECCOMP_RET_ALLOW } from './berkeley-filter.ts';
import { capabilityCalls } from './capabilities.ts';
import { kernelFileCalls } from './kernel-files.ts';
import { limitCalls } from './limits.ts';
import { DEFAULT_HOSTNAME } from './network-files.ts';
import { noSuchUser } from './no-such-user.ts';
import { refusingCalls } from './refusing-filter.ts';
import type { Command } from './runner.ts';
import { syscallFilter } from './syscall-filter.ts';
import type { User } from './user.ts';

const KEYCTL_JOIN_SESSION_KEYRING = 1;
const F_SETFD = 2;
const FD_CLOEXEC = 1;
const MAX_FD = 0xffff_ffff;
const NO_ERROR = 0;
export const UMASK = 0o022;

const AF_INET = 2;
const SOCK_DGRAM = 2;
const SIOCSIFFLAGS = 0x8914;
const IFF_UP = 1;

export interface CommandOptions {
  readonly features: TierFeatures;
  readonly architecture: Architecture;
  /** Protects the kernel's files. */
  readonly hiding: readonly Syscall[];
  /** What {@link confiningCalls} gave. */
  readonly confining: readonly Syscall[];
}

/** Everything between the launcher's start and the command's. The launcher is the first process of its pid namespace. */
export function commandCalls(
  { spec, root, cwd, user, cgroup }: Command,
  { features, architecture, hiding, confining }: CommandOptions,
): Syscall[] {
  const hostname = Buffer.from(spec.hostname ?? DEFAULT_HOSTNAME);
  const network = spec.network === 'none' ? CLONE_NEWNET : 0;
  const isPrivileged = spec.isPrivileged === true;
  return [
    ...descriptorCalls(),
    ...(cgroup?.enterCalls() ?? []),
    syscall('unshare', CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS | network),
    optional(syscall('keyctl', KEYCTL_JOIN_SESSION_KEYRING, 0)), // the caller's keys are not the command's
    ...(network === 0 ? [] : loopbackCalls()),
    syscall('sethostname', hostname, hostname.length),
    syscall('chdir', root),
    ...kernelFileCalls({ isPrivileged, userNamespace: features.userNamespace, hiding }),
    ...(spec.isReadOnly === true ? [readOnlyRootCall()] : []),
    ...enterCalls(),
    syscall('chdir', cwd),
    syscall('umask', UMASK),
    ...limitCalls(spec.ulimits ?? {}),
    ...(features.ignoresChown === true ? [ignoreChown(architecture)] : []),
    ...(isPrivileged ? [] : confining),
    ...userCalls(user, features),
  ];
}

/** From here on, a command has no more than Docker's default set of system calls and capabilities. The same for all. */
export function confiningCalls(architecture: Architecture, lastCapability: number): Syscall[] {
  return [...refusingCalls(architecture), ...capabilityCalls(lastCapability)];
}

/** From here on, changes of owners do nothing and succeed. */
function ignoreChown(architecture: Architecture): Syscall {
  const filter = { calls: architecture.chownCalls, action: failWith(NO_ERROR), otherwise: SECCOMP_RET_ALLOW };
  return filterCall(syscallFilter(architecture, filter));
}

/** Only stdin, stdout and stderr reach the command. */
export function descriptorCalls(): Syscall[] {
  return [
    syscall('close', PROGRAM_FD),
    syscall('fcntl', REPORT_FD, F_SETFD, FD_CLOEXEC),
    optional(syscall('close_range', REPORT_FD + 1, MAX_FD, 0)), // Linux 5.9; the worker marks its own close-on-exec
  ];
}

/** Of the mount alone: what is mounted on the root can be written as before. */
function readOnlyRootCall(): Syscall {
  return syscall('mount', 0, '.', 0, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NODEV, 0);
}

/** Makes the current folder the root and lets go of the old one, which is left with no name and no way back. */
function enterCalls(): Syscall[] {
  return [syscall('pivot_root', '.', '.'), syscall('umount2', '.', MNT_DETACH), syscall('chdir', '/')];
}

/** Starts the loopback interface of a new network namespace. */
function loopbackCalls(): Syscall[] {
  const socketFd = PROGRAM_FD; // the lowest that is free
  const request = Buffer.alloc(40);
  request.write('lo');
  request.writeUInt16LE(IFF_UP, 16);
  return [
    syscall('socket', AF_INET, SOCK_DGRAM, 0),
    syscall('ioctl', socketFd, SIOCSIFFLAGS, request),
    syscall('close', socketFd),
  ];
}

export function userCalls({ uid, gid, groups }: User, { mapsGroups }: TierFeatures): Syscall[] {
  if (!mapsGroups) return onlyRoot(uid, gid);
  const list = Buffer.alloc(groups.length * 4);
  groups.forEach((group, index) => {
    list.writeUInt32LE(group, index * 4);
  });
  return [
    syscall('setgroups', groups.length, list),
    syscall('setresgid', gid, gid, gid),
    syscall('setresuid', uid, uid, uid),
  ];
}

function onlyRoot(uid: number, gid: number): Syscall[] {
  if (uid === 0 && gid === 0) return [];
  throw noSuchUser(`tier userns-single has no user ${uid}:${gid}, only root`);
}
