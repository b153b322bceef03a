import { type Syscall, syscall } from '../launch/program.ts';

const PR_SET_SECCOMP = 22;
const SECCOMP_MODE_FILTER = 2;
export const SECCOMP_RET_ALLOW = 0x7fff0000;
export const SECCOMP_RET_KILL_PROCESS = 0x80000000;
const SECCOMP_RET_ERRNO = 0x00050000;

const LOAD_WORD = 0x20;
const RETURN = 0x06;

const CODES = { equals: 0x15, 'at least': 0x35, 'has any of': 0x45 };

/** Where a word of `struct seccomp_data` starts: that of an argument is its lower half. */
export const CALL_FIELDS = { number: 0, architecture: 4, firstArgument: 16 };

/** `struct sock_filter`, one instruction. */
export type FilterInstruction = Buffer;

/** The call is not made, and fails with `errno`; 0: it seems to have succeeded. */
export function failWith(errno: number): number {
  return SECCOMP_RET_ERRNO | errno;
}

/** What is compared from here on. */
export function load(field: keyof typeof CALL_FIELDS): FilterInstruction {
  return instruction(LOAD_WORD, CALL_FIELDS[field]);
}

export function answer(action: number): FilterInstruction {
  return instruction(RETURN, action);
}

/** How many of the next instructions are left out when the test holds, and when it does not. At most 255. */
export interface Jumps {
  readonly taken?: number;
  readonly otherwise?: number;
}

export function test(kind: keyof typeof CODES, value: number, jumps: Jumps): FilterInstruction {
  return instruction(CODES[kind], value, jumps);
}

/**
 * Filters the system calls of this process and of all that it starts from here on. Made while it still has
 * `CAP_SYS_ADMIN` in its user namespace, so that set-user-id programs keep working.
 * @see https://docs.kernel.org/userspace-api/seccomp_filter.html
 */
export function filterCall(instructions: readonly FilterInstruction[]): Syscall {
  const target = Buffer.concat(instructions);
  const program = Buffer.alloc(16);
  program.writeUInt16LE(instructions.length, 0);
  return syscall('prctl', PR_SET_SECCOMP, SECCOMP_MODE_FILTER, { bytes: program, offset: 8, target }, 0, 0);
}

function instruction(code: number, value: number, { taken = 0, otherwise = 0 }: Jumps = {}): FilterInstruction {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16LE(code, 0);
  bytes.writeUInt8(taken, 2);
  bytes.writeUInt8(otherwise, 3);
  bytes.writeUInt32LE(value, 4);
  return bytes;
}
