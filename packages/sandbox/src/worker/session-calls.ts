import { PROGRAM_FD, REPORT_FD } from '../launch/architecture.ts';
import { pidReport, REPORT_BYTES, type Syscall, syscall } from '../launch/program.ts';
import { CLONE_NEWPID } from '../linux/flags.ts';

/** Of sched.h: the new process is a child of our parent, and its number is written into both. */
const CLONE_PARENT = 0x8000;
const CLONE_PARENT_SETTID = 0x100000;
const CLONE_CHILD_SETTID = 0x1000000;
const SIGCHLD = 17;
const SIGTTOU = 22;
const [SIG_BLOCK, SIG_UNBLOCK] = [0, 1];

/** Requests of ioctl(2), the same on x86-64 and arm64. */
const TIOCSCTTY = 0x540e;
const TIOCSPGRP = 0x5410;

/**
 * `calls` of a command whose stdin is its terminal, below a process that leads the session. When the leader of a session
 * ends, the kernel drops what its terminal has not passed on; this one stays until it is let go of, by the end of what it
 * reads its program from. It tells in the report which process becomes the command.
 */
export function sessionCalls(
  calls: readonly Syscall[],
  { newPidNamespace }: { readonly newPidNamespace: boolean },
): readonly Syscall[] {
  const [told, own] = [pidReport(), Buffer.alloc(8)];
  const flags =
    CLONE_PARENT | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | SIGCHLD | (newPidNamespace ? CLONE_NEWPID : 0);
  const leader = [
    syscall('write', REPORT_FD, told, REPORT_BYTES),
    ...[REPORT_FD, 2, 1, 0].map((fd) => syscall('close', fd)),
    syscall('read', PROGRAM_FD, own, 1),
    syscall('exit_group', 0),
  ];
  return [
    syscall('ioctl', 0, TIOCSCTTY, 0),
    { ...syscall('clone', flags, 0, told, own, own), childAt: 2 + leader.length }, // processors differ in the order of the last two
    ...leader,
    ...foregroundCalls(own),
    ...calls,
  ];
}

/** Makes the process a group of its own, and that the one which the terminal listens to. `pid` is its number. */
function foregroundCalls(pid: Uint8Array): Syscall[] {
  const signals = Buffer.alloc(8);
  signals.writeBigUInt64LE(1n << BigInt(SIGTTOU - 1)); // what it would be sent, being in the background before
  return [
    syscall('setpgid', 0, 0),
    syscall('rt_sigprocmask', SIG_BLOCK, signals, 0, signals.length),
    syscall('ioctl', 0, TIOCSPGRP, pid),
    syscall('rt_sigprocmask', SIG_UNBLOCK, signals, 0, signals.length),
  ];
}
