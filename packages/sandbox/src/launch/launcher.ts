import { type Architecture, CODE_ADDRESS, PROGRAM_ADDRESS, PROGRAM_BYTES } from './architecture.ts';
import { ARM64 } from './arm64.ts';
import { X64 } from './x64.ts';

const ELF_HEADER_BYTES = 64;
const PROGRAM_HEADER_BYTES = 56;
const HEADER_BYTES = ELF_HEADER_BYTES + 2 * PROGRAM_HEADER_BYTES;
/** The largest page size of the processors we know. */
const ALIGNMENT = 65_536;

/** The processor that this process runs on, or undefined when there is no launcher for it. */
export function hostArchitecture(): Architecture | undefined {
  if (process.arch === 'x64') return X64;
  return process.arch === 'arm64' ? ARM64 : undefined;
}

/**
 * The launcher: a static executable of about 300 bytes that becomes the command. It reads a list of system calls from
 * descriptor 3, makes them one after the other and then replaces itself by the command, with the arguments and the
 * environment it was itself started with. When a call fails, it writes which one and the error to descriptor 4. Where a call
 * makes a process, that one goes on elsewhere in the list.
 *
 * It has no libc and no loader, so the command's environment (`LD_PRELOAD`!) means nothing to it; it needs nothing of
 * the root it enters; and between namespaces and command no other process is started.
 */
export function launcherExecutable(architecture: Architecture): Buffer {
  const code = Buffer.from(architecture.code.join('').replaceAll(' ', ''), 'hex');
  const image = Buffer.alloc(HEADER_BYTES + code.length);
  writeElfHeader(image, architecture.elfMachine);
  writeSegment(image, ELF_HEADER_BYTES, { address: CODE_ADDRESS, flags: 5, fileBytes: image.length });
  writeSegment(image, ELF_HEADER_BYTES + PROGRAM_HEADER_BYTES, {
    address: PROGRAM_ADDRESS,
    flags: 6,
    fileBytes: 0,
    memoryBytes: PROGRAM_BYTES,
  });
  code.copy(image, HEADER_BYTES);
  return image;
}

function writeElfHeader(image: Buffer, machine: number): void {
  image.write('\x7fELF\x02\x01\x01', 'latin1'); // 64 bits, little-endian, version 1
  image.writeUInt16LE(2, 16); // executable
  image.writeUInt16LE(machine, 18);
  image.writeUInt32LE(1, 20);
  image.writeBigUInt64LE(BigInt(CODE_ADDRESS + HEADER_BYTES), 24); // entry point
  image.writeBigUInt64LE(BigInt(ELF_HEADER_BYTES), 32); // program headers follow
  image.writeUInt16LE(ELF_HEADER_BYTES, 52);
  image.writeUInt16LE(PROGRAM_HEADER_BYTES, 54);
  image.writeUInt16LE(2, 56);
}

interface Segment {
  readonly address: number;
  /** 1 execute, 2 write, 4 read. */
  readonly flags: number;
  readonly fileBytes: number;
  readonly memoryBytes?: number;
}

function writeSegment(image: Buffer, at: number, { address, flags, fileBytes, memoryBytes = fileBytes }: Segment) {
  image.writeUInt32LE(1, at); // load
  image.writeUInt32LE(flags, at + 4);
  image.writeBigUInt64LE(0n, at + 8); // offset in the file
  image.writeBigUInt64LE(BigInt(address), at + 16);
  image.writeBigUInt64LE(BigInt(address), at + 24);
  image.writeBigUInt64LE(BigInt(fileBytes), at + 32);
  image.writeBigUInt64LE(BigInt(memoryBytes), at + 40);
  image.writeBigUInt64LE(BigInt(ALIGNMENT), at + 48);
}
