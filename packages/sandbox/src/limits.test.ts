import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { needsRoot, SandboxFixture } from '../test/fixture.ts';
import { findPlaces } from './worker/cgroup/place.ts';

const MIB = 1024 * 1024;

/** Cgroups that commands of sandboxes in the folder `scratch` have now. */
async function cgroups(scratch: string): Promise<readonly string[]> {
  const sandboxes = await readdir(scratch);
  const places = findPlaces(['memory', 'pids', 'cpu', 'cpuset']);
  const names = await Promise.all(places.map(({ folder }) => readdir(folder)));
  return names.flat().filter((name) => sandboxes.some((sandbox) => name.startsWith(`tsbuild-${sandbox}`)));
}

/** Of cgroups of version 1, where the kernel counts swap. */
const SWAP_OF_ALL = '/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes';

/** What commands of sandboxes in the folder `scratch` may use of memory and swap together; a runtime has a cgroup below. */
async function swapLimits(scratch: string): Promise<readonly number[]> {
  const [place] = findPlaces(['memory']);
  if (place === undefined) return [];
  const files = await readdir(place.folder, { recursive: true });
  const sandboxes = await readdir(scratch);
  return files
    .filter((file) => file.endsWith('/memory.memsw.limit_in_bytes'))
    .filter((file) => sandboxes.some((sandbox) => file.startsWith(`tsbuild-${sandbox}`)))
    .map((file) => Number(readFileSync(join(place.folder, file), 'utf8')));
}

const runners = (['builtin', 'runc', 'crun'] as const).filter(
  (name) => name === 'builtin' || existsSync(`/usr/sbin/${name}`) || existsSync(`/usr/bin/${name}`),
);

describe.each(runners)('what a command may use, with %s', (runner) => {
  let sandbox: SandboxFixture;
  beforeAll(async () => {
    if (needsRoot === '') sandbox = await SandboxFixture.create({ runner });
  });
  afterAll(async () => {
    await sandbox?.[Symbol.asyncDispose]();
  });

  test.skipIf(needsRoot !== '')('memory: the command is killed, and it is said why', async () => {
    const command = 'head -c 100000000 /dev/zero | tail -c 100000000 > /dev/null; exit $?';
    const { exitCode, isOutOfMemory } = await sandbox.run(command, {
      process: { resources: { memory: 16 * MIB, memorySwap: 16 * MIB } },
    });
    expect({ exitCode, isOutOfMemory }).toEqual({ exitCode: 137, isOutOfMemory: true });
    expect(await cgroups(join(sandbox.folder, 'scratch'))).toEqual([]);
  });

  test.skipIf(needsRoot !== '')('memory: a command that fails by itself is not blamed on the limit', async () => {
    const result = await sandbox.run('exit 3', { process: { resources: { memory: 64 * MIB } } });
    expect(result).toMatchObject({ exitCode: 3 });
    expect(result.isOutOfMemory).toBe(undefined);
  });

  test.skipIf(needsRoot !== '')('memory: as much swap again, unless it is said', async () => {
    if (!existsSync(SWAP_OF_ALL)) return;
    let limits: readonly number[] = [];
    const onOutput = async () => {
      limits = await swapLimits(join(sandbox.folder, 'scratch'));
    };
    const process = { resources: { memory: 64 * MIB } };
    await sandbox.run('echo started; sleep 0.3', { process, request: { onOutput } });
    expect(Math.min(...limits)).toBe(128 * MIB);
  });

  test.skipIf(needsRoot !== '')('pids: a fork bomb cannot take the machine, and ends with its command', async () => {
    const bomb = 'bomb() { bomb | bomb & }; bomb 2> /dev/null; sleep 1; ls /proc | grep -c "^[0-9]" ; exit 7';
    const { exitCode, stdout } = await sandbox.run(bomb, { process: { resources: { pidsLimit: 20 } } });
    expect(exitCode).not.toBe(0);
    if (exitCode === 7) expect(Number(stdout)).toBeLessThanOrEqual(20);
    expect(await cgroups(join(sandbox.folder, 'scratch'))).toEqual([]);
  });

  test.skipIf(needsRoot !== '')('processors: those named are the only ones', async () => {
    const { stdout } = await sandbox.run('grep Cpus_allowed_list /proc/self/status | cut -f 2', {
      process: { resources: { cpusetCpus: '0', cpusetMems: '0' } },
    });
    expect(stdout).toBe('0\n');
  });

  test.skipIf(needsRoot !== '')('processor time: a fiftieth makes a command slow', async () => {
    const busy = 'i=0; while [ $i -lt 20000 ]; do i=$((i + 1)); done';
    const before = Date.now();
    const resources = { cpuQuota: 2000, cpuPeriod: 100_000, cpuShares: 512 };
    const { exitCode } = await sandbox.run(busy, { process: { resources } });
    expect(exitCode).toBe(0);
    expect(Date.now() - before).toBeGreaterThan(800);
  });

  test.skipIf(needsRoot !== '')('what the kernel does not accept is refused by name', async () => {
    const run = sandbox.run('true', { process: { resources: { cpusetCpus: '9999' } } });
    await expect(run).rejects.toThrow('the kernel refuses --cpuset-cpus=9999');
    expect(await cgroups(join(sandbox.folder, 'scratch'))).toEqual([]);
  });

  test.skipIf(needsRoot !== '')('an abort leaves no cgroup', async () => {
    const run = sandbox.run('trap "" TERM; sleep 60 & sleep 60', {
      process: { resources: { pidsLimit: 50 } },
      request: { signal: AbortSignal.timeout(500) },
    });
    await expect(run).rejects.toThrow();
    expect(await cgroups(join(sandbox.folder, 'scratch'))).toEqual([]);
  });

  test.skipIf(needsRoot !== '')('SIGKILL of the whole build leaves no cgroup', async () => {
    const script = fileURLToPath(new URL('../test/run-forever.mjs', import.meta.url));
    const resources = JSON.stringify({ pidsLimit: 50, memory: 64 * MIB });
    const args = [script, sandbox.folder, sandbox.base.diffId, 'yes & sleep 60', resources, runner];
    const build = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] });
    const scratch = join(sandbox.folder, 'killed');
    await vi.waitUntil(async () => existsSync(scratch) && (await cgroups(scratch)).length > 0, 30_000);
    build.kill('SIGKILL');
    await vi.waitUntil(async () => (await cgroups(scratch)).length === 0, 30_000);
  });
});
