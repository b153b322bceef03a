import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hostArchitecture, launcherExecutable } from '../launch/launcher.ts';
import { decodeReport, encodeProgram, syscall } from '../launch/program.ts';
import { X64 } from '../launch/x64.ts';
import { filterCall } from './berkeley-filter.ts';
import { CLONE3, REFUSED_BY_ARGUMENT, refusedNumbers } from './refused-calls.ts';
import { refusingFilter } from './refusing-filter.ts';

const PR_SET_NO_NEW_PRIVS = 38;
const EPERM = 1;
const EINVAL = 22;
const ENOSYS = 38;
const CLONE_NEWUSER = 0x10000000;
/** Only with CLONE_SIGHAND: alone the kernel refuses it. */
const CLONE_THREAD = 0x00010000;
const AF_VSOCK = 40;
const AF_NOTHING = 0x7fff;
const EAFNOSUPPORT = 97;
const NONSENSE = [-1, -1, -1, -1, -1, -1];

const architecture = hostArchitecture() ?? X64;
const [own, narrow] = architecture.programs;
const GETPID = own.abi === 'x64' ? 39 : 172;
const isLinux = process.platform === 'linux' && hostArchitecture() !== undefined;

describe.skipIf(!isLinux)('the filter of system calls', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'filter-'));
    await writeFile(join(folder, 'launcher'), launcherExecutable(architecture));
    await chmod(join(folder, 'launcher'), 0o755);
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  /** Makes one call behind the filter, and then becomes a program. */
  async function behindFilter(
    number: number,
    args: readonly number[],
    path = '/bin/sh',
    script = 'echo $(echo forked)',
  ) {
    const calls = [
      syscall('prctl', PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0),
      filterCall(refusingFilter(architecture)),
      syscall('write', ...args),
    ];
    const asking = { ...architecture, syscalls: { ...architecture.syscalls, write: number } };
    await writeFile(join(folder, 'program'), encodeProgram(asking, calls, path));
    await writeFile(join(folder, 'report'), '');
    await using input = await open(join(folder, 'program'), 'r');
    await using output = await open(join(folder, 'report'), 'w');
    const { status, stdout } = spawnSync(join(folder, 'launcher'), ['-c', script], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore', input.fd, output.fd],
    });
    return { status, stdout, errno: decodeReport(await readFile(join(folder, 'report'))).failure?.errno };
  }

  const numberOf = (name: string) => REFUSED_BY_ARGUMENT.find((rule) => rule.name === name)?.numbers[own.abi] ?? 0;

  test('refuses every call of the list', async () => {
    const errors = new Map<number, number | undefined>();
    for (const number of refusedNumbers(own.abi)) errors.set(number, (await behindFilter(number, NONSENSE)).errno);
    expect(errors.size).toBeGreaterThan(50);
    expect([...errors].filter(([, errno]) => errno !== EPERM)).toEqual([]);
  });

  test('refuses new namespaces, and lets processes start', async () => {
    expect(await behindFilter(numberOf('clone'), [CLONE_NEWUSER, 0])).toMatchObject({ errno: EPERM });
    expect(await behindFilter(numberOf('clone'), [CLONE_THREAD, 0])).toMatchObject({ errno: EINVAL });
    expect(await behindFilter(GETPID, [])).toEqual({ status: 0, stdout: 'forked\n', errno: undefined });
  });

  test('refuses the sockets of virtual machines alone', async () => {
    expect(await behindFilter(numberOf('socket'), [AF_VSOCK, 1, 0])).toMatchObject({ errno: EPERM });
    expect(await behindFilter(numberOf('socket'), [AF_NOTHING, 1, 0])).toMatchObject({ errno: EAFNOSUPPORT });
  });

  test('what a filter cannot look into seems to be missing', async () => {
    expect(await behindFilter(CLONE3, [0, 0])).toMatchObject({ errno: ENOSYS });
    expect(await behindFilter(0x40000000 + CLONE3, [0, 0])).toMatchObject({ errno: ENOSYS });
  });

  test.skipIf(own.abi !== 'x64')('refuses programs of 32 bits the same', async () => {
    const errors = new Map<number, number | null>();
    for (const number of refusedNumbers(narrow.abi)) {
      const path = join(folder, `call-${number}`);
      await writeFile(path, callingExecutable(number), { mode: 0o755 });
      errors.set(number, (await behindFilter(GETPID, [], path)).status);
    }
    expect(errors.size).toBeGreaterThan(50);
    expect([...errors].filter(([, status]) => status !== EPERM)).toEqual([]);
  });
});

/** An executable for i386 that makes a call and exits with its error. */
function callingExecutable(number: number): Buffer {
  const code = Buffer.from(
    [
      'b8 00 00 00 00', // mov  eax, number
      '83 cb ff', //       or   ebx, -1
      '83 c9 ff', //       or   ecx, -1
      '83 ca ff', //       or   edx, -1
      'cd 80', //          int  0x80
      'f7 d8', //          neg  eax
      '89 c3', //          mov  ebx, eax
      'b8 01 00 00 00', // mov  eax, 1                 exit
      'cd 80', //          int  0x80
    ]
      .join('')
      .replaceAll(' ', ''),
    'hex',
  );
  code.writeUInt32LE(number, 1);
  const [headers, address] = [52 + 32, 0x08048000];
  const words = [1, 0, address, address, headers + code.length, headers + code.length, 5, 0x1000];
  const header = Buffer.alloc(headers);
  header.write('\x7fELF\x01\x01\x01', 'latin1');
  for (const [at, value] of [
    [16, 2],
    [18, 3],
    [40, 52],
    [42, 32],
    [44, 1],
  ] as const)
    header.writeUInt16LE(value, at);
  for (const [at, value] of [
    [20, 1],
    [24, address + headers],
    [28, 52],
  ] as const)
    header.writeUInt32LE(value, at);
  for (const [index, word] of words.entries()) header.writeUInt32LE(word, 52 + index * 4);
  return Buffer.concat([header, code]);
}
