import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Architecture, PROGRAM_ADDRESS } from './architecture.ts';
import { ARM64 } from './arm64.ts';
import { hostArchitecture, launcherExecutable } from './launcher.ts';
import { decodeReport, encodeProgram, optional, pidReport, type Syscall, syscall } from './program.ts';
import { X64 } from './x64.ts';

const CLONE_PARENT_SETTID = 0x100000;
const SIGCHLD = 17;

const QEMU = '/usr/bin/qemu-aarch64-static';

/** Each processor that this machine has or can imitate, with the way to start its programs. */
const MACHINES: readonly (readonly [name: string, architecture: Architecture, prefix: readonly string[]])[] = [
  ['this processor', hostArchitecture() ?? X64, []],
  [existsSync(QEMU) ? 'arm64' : 'arm64 (skipped: needs qemu-user-static)', ARM64, [QEMU]],
];

describe.each(MACHINES)('the launcher on %s', (name, architecture, prefix) => {
  const isHere = process.platform === 'linux' && !name.includes('skipped') && hostArchitecture() !== undefined;
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'launcher-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  async function launch(calls: readonly Syscall[], path: string, args: readonly string[] = ['x'], env = {}) {
    const files = ['launcher', 'program', 'report'].map((file) => join(folder, file));
    const [launcher = '', program = '', report = ''] = files;
    await writeFile(launcher, launcherExecutable(architecture));
    await chmod(launcher, 0o755);
    await writeFile(program, encodeProgram(architecture, calls, path));
    await writeFile(report, '');
    const [input, output] = [await open(program, 'r'), await open(report, 'w')];
    const [command = '', ...rest] = [...prefix, launcher, ...args.slice(1)];
    const argv0 = prefix.length === 0 ? args[0] : undefined;
    const options = { env, argv0, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe', input.fd, output.fd] } as const;
    const { status, stdout } = spawnSync(command, rest, { ...options, stdio: [...options.stdio] });
    await Promise.all([input.close(), output.close()]);
    return { status, stdout, ...decodeReport(await readFile(report)) };
  }

  test.skipIf(!isHere)('makes the calls and becomes the program, with its arguments and environment', async () => {
    const calls = [syscall('chdir', '/usr'), syscall('umask', 0o27), optional(syscall('chdir', '/no/such'))];
    const script = 'pwd; umask; echo "$A" "$1"';
    const result = await launch(calls, '/bin/sh', ['sh', '-c', script, 'sh', 'b c'], { A: 'a' });
    expect(result).toEqual({ status: 0, stdout: '/usr\n0027\na b c\n' });
  });

  test.skipIf(!isHere)('says which call failed, and how', async () => {
    const calls = [syscall('umask', 0), syscall('chdir', '/no/such')];
    expect(await launch(calls, '/bin/sh')).toEqual({ status: 255, stdout: '', failure: { index: 1, errno: 2 } });
    expect(await launch([], '/etc/passwd')).toEqual({ status: 255, stdout: '', failure: { index: 0, errno: 13 } });
  });

  test.skipIf(!isHere)('goes on in a process of its own where a call makes one, and says which', async () => {
    const told = pidReport();
    const calls = [
      { ...syscall('clone', CLONE_PARENT_SETTID | SIGCHLD, 0, told, 0, 0), childAt: 4 },
      syscall('write', 4, told, told.length),
      syscall('read', 0, told, 1), // nothing comes, and at once
      syscall('exit_group', 7),
      syscall('umask', 0o27),
    ];
    const { status, stdout, failure, pid } = await launch(calls, '/bin/sh', ['sh', '-c', 'umask; echo $$']);
    expect({ status, failure }).toEqual({ status: 7, failure: undefined });
    const isImitated = prefix.length > 0; // qemu writes the number into the memory of the new process alone
    expect(stdout).toBe(`0027\n${isImitated ? stdout.slice(5, -1) : pid}\n`);
  });

  test('is a static executable without a library', async () => {
    const image = launcherExecutable(architecture);
    expect(image.length).toBeLessThan(400);
    expect(image.subarray(0, 7).toString('latin1')).toBe('\x7fELF\x02\x01\x01');
    expect(image.readUInt16LE(18)).toBe(architecture.elfMachine);
  });
});

describe('a program for the launcher', () => {
  test('is records of eight words, then what they point to', () => {
    const program = encodeProgram(X64, [optional(syscall('chdir', '/ab'))], '/sh');
    const words = Array.from({ length: 18 }, (_, index) => program.readBigInt64LE(index * 8));
    const data = BigInt(PROGRAM_ADDRESS + 128);
    expect(words.slice(0, 8)).toEqual([80n, data, 0n, 0n, 0n, 0n, 0n, 1n]);
    expect(words.slice(8, 10)).toEqual([-1n, data + 8n]);
    expect(program.subarray(128).toString('latin1')).toBe('/ab\0\0\0\0\0/sh\0\0\0\0\0');
  });

  test('may not be larger than what the launcher reads', () => {
    expect(() => encodeProgram(X64, [syscall('chdir', 'x'.repeat(70_000))], '/sh')).toThrow('is too large');
  });
});

const disassembler = ['/usr/bin/objdump', '/usr/bin/aarch64-linux-gnu-objdump'];

test.skipIf(!disassembler.every((path) => existsSync(path)))('the machine code is what its comments say', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'code-'));
  const mnemonics = async (architecture: Architecture, program: string, machine: string) => {
    const file = join(folder, machine);
    await writeFile(file, Buffer.from(architecture.code.join('').replaceAll(' ', ''), 'hex'));
    const listing = execFileSync(program, ['-D', '-b', 'binary', '-m', machine, file], { encoding: 'utf8' });
    return [...listing.matchAll(/^\s+[0-9a-f]+:\t[0-9a-f ]+\t([a-z.]+)/gm)].map(([, mnemonic]) => mnemonic);
  };
  const source = async (file: string) => {
    const text = await readFile(new URL(file, import.meta.url), 'utf8');
    return [...text.matchAll(/^ {4}'[0-9a-f ]+', \/\/\s+(?:[a-z]+:\s+)?([a-z]+)/gm)].map(([, mnemonic]) => mnemonic);
  };
  expect(await mnemonics(ARM64, disassembler[1] ?? '', 'aarch64')).toEqual(await source('./arm64.ts'));
  const x64 = (await mnemonics(X64, disassembler[0] ?? '', 'i386:x86-64')).map((name) => name?.replace(/q$/, ''));
  expect(x64).toEqual(await source('./x64.ts'));
  await rm(folder, { recursive: true });
});
