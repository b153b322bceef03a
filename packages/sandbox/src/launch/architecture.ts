/** The system calls that prepare a command. */
export type SyscallName =
  | 'capset'
  | 'chdir'
  | 'chroot'
  | 'clone'
  | 'close'
  | 'close_range'
  | 'execve'
  | 'exit_group'
  | 'fcntl'
  | 'ioctl'
  | 'keyctl'
  | 'mount'
  | 'openat'
  | 'pivot_root'
  | 'prctl'
  | 'prlimit64'
  | 'read'
  | 'rt_sigprocmask'
  | 'setgroups'
  | 'sethostname'
  | 'setpgid'
  | 'setresgid'
  | 'setresuid'
  | 'socket'
  | 'umask'
  | 'umount2'
  | 'unshare'
  | 'write';

/** Programs whose system calls have the same numbers. */
export type Abi = 'x64' | 'i386' | 'arm64' | 'arm';

export interface ProgramKind {
  readonly abi: Abi;
  /** `AUDIT_ARCH_…`: how filters of system calls know it. */
  readonly auditArch: number;
}

/** What differs between processors. */
export interface Architecture {
  /** `e_machine` of the ELF header. */
  readonly elfMachine: number;
  /** Programs that run on it: its own, and those of 32 bits that the kernel may run too. */
  readonly programs: readonly [own: ProgramKind, narrow: ProgramKind];
  /** The system calls that change owners. */
  readonly chownCalls: readonly number[];
  readonly syscalls: Readonly<Record<SyscallName, number>>;
  /** Machine code of the launcher, one instruction a line, in hex. */
  readonly code: readonly string[];
}

/** Where the launcher is loaded. */
export const CODE_ADDRESS = 0x400000;
/** Where the launcher reads its program to; written into the machine code. */
export const PROGRAM_ADDRESS = 0x500000;
/** Most bytes of a program; written into the machine code. */
export const PROGRAM_BYTES = 65_536;
/** The launcher reads its program from this descriptor … */
export const PROGRAM_FD = 3;
/** … and writes to this one which call failed. It closes when the command starts. */
export const REPORT_FD = 4;
