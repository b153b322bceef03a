import { readFileSync } from 'node:fs';
import { optional, type Syscall, syscall } from '../launch/program.ts';

/** Docker's default set: what root in a container may do. Numbers of linux/capability.h. */
export const DEFAULT_CAPABILITIES: readonly number[] = [
  0, // chown
  1, // dac_override
  3, // fowner
  4, // fsetid
  5, // kill
  6, // setgid
  7, // setuid
  8, // setpcap
  10, // net_bind_service
  13, // net_raw
  18, // sys_chroot
  27, // mknod
  29, // audit_write
  31, // setfcap
];

const PR_CAPBSET_DROP = 24;
const PR_CAP_AMBIENT = 47;
const PR_CAP_AMBIENT_CLEAR_ALL = 4;
const CAPABILITY_VERSION_3 = 0x20080522;

/** The highest capability that this kernel knows. */
export function lastCapability(): number {
  return Number(readFileSync('/proc/sys/kernel/cap_last_cap', 'utf8'));
}

let permitted: bigint | undefined;

/** Whether this process has it to hand on: root of a container may have less than the default set. */
export function isPermitted(capability: number): boolean {
  permitted ??= BigInt(`0x${/^CapPrm:\s*(\w+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0'}`);
  return ((permitted >> BigInt(capability)) & 1n) === 1n;
}

/** Limits the command and everything it may become to the default set; none of it is inherited or ambient. */
export function capabilityCalls(last: number): Syscall[] {
  const calls = [optional(syscall('prctl', PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0))];
  for (let capability = 0; capability <= last; capability += 1) {
    if (!DEFAULT_CAPABILITIES.includes(capability)) calls.push(syscall('prctl', PR_CAPBSET_DROP, capability));
  }
  const header = Buffer.alloc(8);
  header.writeUInt32LE(CAPABILITY_VERSION_3);
  const mask = DEFAULT_CAPABILITIES.filter(isPermitted).reduce((bits, capability) => bits + 2 ** capability, 0);
  const data = Buffer.alloc(24); // effective, permitted, inheritable; twice, low bits first
  data.writeUInt32LE(mask, 0);
  data.writeUInt32LE(mask, 4);
  calls.push(syscall('capset', header, data));
  return calls;
}
