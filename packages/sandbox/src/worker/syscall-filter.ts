import type { Architecture } from '../launch/architecture.ts';
import { type Syscall, syscall } from '../launch/program.ts';

const PR_SET_SECCOMP = 22;
const SECCOMP_MODE_FILTER = 2;
export const SECCOMP_RET_ALLOW = 0x7fff0000;
/** The call is not made, and returns 0: no error. */
export const SECCOMP_RET_SUCCESS = 0x00050000;
export const SECCOMP_RET_KILL_PROCESS = 0x80000000;

const LOAD_WORD = 0x20;
const JUMP_IF_EQUAL = 0x15;
const RETURN = 0x06;

const NUMBER_OFFSET = 0;
const ARCHITECTURE_OFFSET = 4;

export interface SyscallFilter {
  /** Numbers of calls. */
  readonly calls: readonly number[];
  /** What becomes of `calls`: one of `SECCOMP_RET_…`. */
  readonly action: number;
  /** What becomes of all other calls, and of those of programs for another processor (32 bits). */
  readonly otherwise: number;
}

/**
 * Filters the system calls of this process and of all that it starts from here on. Made while it still has
 * `CAP_SYS_ADMIN` in its user namespace, so that set-user-id programs keep working.
 * @see https://docs.kernel.org/userspace-api/seccomp_filter.html
 */
export function filterCall({ auditArch }: Architecture, { calls, action, otherwise }: SyscallFilter): Syscall {
  const count = calls.length;
  const filter = Buffer.concat([
    instruction(LOAD_WORD, ARCHITECTURE_OFFSET),
    instruction(JUMP_IF_EQUAL, auditArch, { otherwise: count + 1 }),
    instruction(LOAD_WORD, NUMBER_OFFSET),
    ...calls.map((number, index) => instruction(JUMP_IF_EQUAL, number, { taken: count - index })),
    instruction(RETURN, otherwise),
    instruction(RETURN, action),
  ]);
  const program = Buffer.alloc(16);
  program.writeUInt16LE(filter.length / 8, 0);
  return syscall('prctl', PR_SET_SECCOMP, SECCOMP_MODE_FILTER, { bytes: program, offset: 8, target: filter }, 0, 0);
}

/** `struct sock_filter`; jumps count the instructions that are left out. */
function instruction(code: number, value: number, { taken = 0, otherwise = 0 } = {}): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16LE(code, 0);
  bytes.writeUInt8(taken, 2);
  bytes.writeUInt8(otherwise, 3);
  bytes.writeUInt32LE(value, 4);
  return bytes;
}
