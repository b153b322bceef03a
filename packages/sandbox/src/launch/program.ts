import { type Architecture, PROGRAM_ADDRESS, PROGRAM_BYTES, type SyscallName } from './architecture.ts';

/** A number, or bytes whose address is the argument; text is passed as a C string. */
export type SyscallArgument = number | string | Uint8Array | PointingBytes;

/** Bytes in which, at `offset`, the address of other bytes belongs. */
export interface PointingBytes {
  readonly bytes: Uint8Array;
  readonly offset: number;
  readonly target: Uint8Array;
}

export interface Syscall {
  readonly name: SyscallName;
  readonly args: readonly SyscallArgument[];
  /** Carry on when the call fails. */
  readonly mayFail?: boolean;
}

const RECORD_WORDS = 8;
const RECORD_BYTES = 64;
const MAY_FAIL_WORD = 7;
const END = -1n;

export function syscall(name: SyscallName, ...args: readonly SyscallArgument[]): Syscall {
  return { name, args };
}

/** The same call, but its failure is no obstacle. */
export function optional(call: Syscall): Syscall {
  return { ...call, mayFail: true };
}

/**
 * Encodes `calls`, then the start of `path`, for the launcher: one record of eight words a call (number, six arguments,
 * whether it may fail), then what the arguments point to.
 */
export function encodeProgram(architecture: Architecture, calls: readonly Syscall[], path: string): Buffer {
  const records = new BigInt64Array((calls.length + 1) * RECORD_WORDS);
  const data = new ProgramData(PROGRAM_ADDRESS + records.byteLength);
  calls.forEach(({ name, args, mayFail }, index) => {
    const at = index * RECORD_WORDS;
    records[at] = BigInt(architecture.syscalls[name]);
    args.forEach((argument, position) => {
      records[at + 1 + position] = BigInt(data.value(argument));
    });
    if (mayFail === true) records[at + MAY_FAIL_WORD] = 1n;
  });
  const last = calls.length * RECORD_WORDS;
  records[last] = END;
  records[last + 1] = BigInt(data.value(path));
  const program = Buffer.concat([new Uint8Array(records.buffer), ...data.parts]);
  if (program.length > PROGRAM_BYTES) throw new Error(`launcher program of ${program.length} bytes is too large`);
  return program;
}

class ProgramData {
  readonly parts: Buffer[] = [];
  #address: number;

  constructor(address: number) {
    this.#address = address;
  }

  value(argument: SyscallArgument): number {
    if (typeof argument === 'number') return argument;
    const bytes = this.#bytes(argument);
    const address = this.#address;
    const padding = Buffer.alloc((8 - (bytes.length % 8)) % 8);
    this.parts.push(bytes, padding);
    this.#address += bytes.length + padding.length;
    return address;
  }

  #bytes(argument: Exclude<SyscallArgument, number>): Buffer {
    if (typeof argument === 'string') return Buffer.from(`${argument}\0`);
    if (argument instanceof Uint8Array) return Buffer.from(argument);
    const bytes = Buffer.from(argument.bytes);
    bytes.writeBigUInt64LE(BigInt(this.value(argument.target)), argument.offset);
    return bytes;
  }
}

export interface LaunchFailure {
  /** Index of the call that failed; the number of calls when it was the start of the program. */
  readonly index: number;
  readonly errno: number;
}

/** Reads what the launcher wrote to its report; undefined when the program was started. */
export function decodeReport(report: Buffer): LaunchFailure | undefined {
  if (report.length < 16) return undefined;
  const index = (Number(report.readBigInt64LE(0)) - PROGRAM_ADDRESS) / RECORD_BYTES;
  return { index, errno: -Number(report.readBigInt64LE(8)) };
}
