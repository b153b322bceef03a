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
  /** The call makes a process, which goes on with the call of this index. */
  readonly childAt?: number;
}

const RECORD_WORDS = 8;
const RECORD_BYTES = 64;
const OUTCOME_WORD = 7;
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
 * whether it may fail or where a new process goes on), then what the arguments point to. The same bytes in several calls
 * are in one place.
 */
export function encodeProgram(architecture: Architecture, calls: readonly Syscall[], path: string): Buffer {
  const records = new BigInt64Array((calls.length + 1) * RECORD_WORDS);
  const data = new ProgramData(PROGRAM_ADDRESS + records.byteLength);
  calls.forEach(({ name, args, mayFail, childAt }, index) => {
    const at = index * RECORD_WORDS;
    records[at] = BigInt(architecture.syscalls[name]);
    args.forEach((argument, position) => {
      records[at + 1 + position] = BigInt(data.value(argument));
    });
    if (mayFail === true) records[at + OUTCOME_WORD] = 1n;
    if (childAt !== undefined) records[at + OUTCOME_WORD] = BigInt(PROGRAM_ADDRESS + childAt * RECORD_BYTES);
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
  readonly #addresses = new Map<Uint8Array, number>();
  #address: number;

  constructor(address: number) {
    this.#address = address;
  }

  value(argument: SyscallArgument): number {
    if (typeof argument === 'number') return argument;
    const known = argument instanceof Uint8Array ? this.#addresses.get(argument) : undefined;
    if (known !== undefined) return known;
    const bytes = this.#bytes(argument);
    const address = this.#address;
    if (argument instanceof Uint8Array) this.#addresses.set(argument, address);
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

/** What the launcher wrote to its report before the program started. */
export interface LaunchReport {
  readonly failure?: LaunchFailure;
  /** A process that the launcher made. */
  readonly pid?: number;
}

export const REPORT_BYTES = 16;

/** What tells of a process in a report, when the launcher writes it: it starts with the number, as none of our addresses does. */
export function pidReport(): Buffer {
  return Buffer.alloc(REPORT_BYTES);
}

/** Reads a report, which is empty when the program was started and nothing was to be told. */
export function decodeReport(report: Buffer): LaunchReport {
  let told: LaunchReport = {};
  for (let at = 0; at + REPORT_BYTES <= report.length; at += REPORT_BYTES) {
    const first = Number(report.readBigInt64LE(at));
    if (first < PROGRAM_ADDRESS) told = { ...told, pid: first };
    else {
      const index = (first - PROGRAM_ADDRESS) / RECORD_BYTES;
      told = { ...told, failure: { index, errno: -Number(report.readBigInt64LE(at + 8)) } };
    }
  }
  return told;
}
