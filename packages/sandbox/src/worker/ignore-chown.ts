import type { Architecture } from '../launch/architecture.ts';
import { type Syscall, syscall } from '../launch/program.ts';

const PR_SET_SECCOMP = 22;
const SECCOMP_MODE_FILTER = 2;
const SECCOMP_RET_ALLOW = 0x7fff0000;
/** The call is not made, and returns 0: no error. */
const SECCOMP_RET_SUCCESS = 0x00050000;

const LOAD_WORD = 0x20;
const JUMP_IF_EQUAL = 0x15;
const RETURN = 0x06;

const NUMBER_OFFSET = 0;
const ARCHITECTURE_OFFSET = 4;

/**
 * From here on, changes of owners do nothing and succeed, in this process and all that it starts. Made while it still
 * has `CAP_SYS_ADMIN` in its user namespace, so that set-user-id programs keep working. Programs for another processor
 * (32 bits) are left alone.
 * @see https://docs.kernel.org/userspace-api/seccomp_filter.html
 */
export function ignoreChownCall({ auditArch, chownCalls }: Architecture): Syscall {
  const count = chownCalls.length;
  const filter = Buffer.concat([
    instruction(LOAD_WORD, ARCHITECTURE_OFFSET),
    instruction(JUMP_IF_EQUAL, auditArch, { otherwise: count + 1 }),
    instruction(LOAD_WORD, NUMBER_OFFSET),
    ...chownCalls.map((number, index) => instruction(JUMP_IF_EQUAL, number, { taken: count - index })),
    instruction(RETURN, SECCOMP_RET_ALLOW),
    instruction(RETURN, SECCOMP_RET_SUCCESS),
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
