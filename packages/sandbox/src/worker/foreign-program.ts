import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { TsbuildError } from '@tsbuild/core';
import { hostArchitecture } from '../launch/launcher.ts';
import { openInRoot } from './root-path.ts';

/** Names of processors, as platforms have them, by the machine number of ELF files. */
const MACHINES: Readonly<Record<number, string>> = {
  3: '386',
  8: 'mips64le',
  21: 'ppc64le',
  22: 's390x',
  40: 'arm',
  62: 'amd64',
  183: 'arm64',
  243: 'riscv64',
  258: 'loong64',
};

const HEADER_BYTES = 256;
const BIG_ENDIAN = 2;
/** A script may be interpreted by a script, as often as the kernel allows. */
const MAX_SCRIPTS = 4;

/**
 * Explains why `program` did not start, where that is because it is for another processor. `code` is that of the
 * failure: ENOEXEC when nothing is registered for such programs, ENOENT when what is registered is not in the image.
 * @throws {TsbuildError} ERR_TSBUILD_RUN_UNAVAILABLE
 */
export function refuseForeignProgram(root: number, program: string, code: string): void {
  if (code !== 'ENOEXEC' && code !== 'ENOENT') return;
  const machine = foreignMachine(root, program);
  if (machine === undefined) return;
  throw refusal(program, MACHINES[machine] ?? `machine ${machine}`, code);
}

/** True for a program, or a script whose interpreter is one, that this processor does not understand. */
export function isForeignProgram(root: number, program: string): boolean {
  return foreignMachine(root, program) !== undefined;
}

function foreignMachine(root: number, program: string): number | undefined {
  const machine = machineOf(root, program);
  return machine === hostArchitecture()?.elfMachine ? undefined : machine;
}

function refusal(program: string, architecture: string, code: 'ENOEXEC' | 'ENOENT'): TsbuildError {
  const install = `docker run --privileged --rm tonistiigi/binfmt --install ${architecture}`;
  const subject = `${program} is for ${architecture}, this machine is ${process.arch === 'x64' ? 'amd64' : process.arch}`;
  const [reason, hint] =
    code === 'ENOEXEC'
      ? [
          'and no emulator for it is registered (binfmt_misc)',
          `sudo apt-get install qemu-user-static, or ${install}; or build on a machine of that kind`,
        ]
      : [
          'and the emulator registered for it is not in the image',
          `register it with the flag F, which makes it work everywhere: ${install}`,
        ];
  return new TsbuildError('ERR_TSBUILD_RUN_UNAVAILABLE', `${subject}, ${reason}`, { hint });
}

/** The machine number of an ELF file, or of what interprets a script; undefined for anything else. */
function machineOf(root: number, program: string): number | undefined {
  let path = program;
  for (let scripts = 0; scripts <= MAX_SCRIPTS; scripts += 1) {
    const header = readHeader(root, path);
    if (header.length >= 20 && header.toString('latin1', 0, 4) === '\x7fELF')
      return header[5] === BIG_ENDIAN ? header.readUInt16BE(18) : header.readUInt16LE(18);
    const [, interpreter] = /^#![ \t]*([^ \t\n]+)/.exec(header.toString('latin1')) ?? [];
    if (interpreter === undefined) return undefined;
    path = interpreter;
  }
  return undefined;
}

/** Only regular files are ever opened. */
function readHeader(root: number, path: string): Buffer {
  const place = openInRoot(root, path);
  if (place === undefined) return Buffer.alloc(0);
  try {
    if (!fstatSync(place.fd).isFile()) return Buffer.alloc(0);
    const file = openSync(`/proc/self/fd/${place.fd}`, 'r');
    try {
      const header = Buffer.alloc(HEADER_BYTES);
      return header.subarray(0, readSync(file, header));
    } finally {
      closeSync(file);
    }
  } finally {
    closeSync(place.fd);
  }
}
