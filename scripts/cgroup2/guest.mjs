// In the virtual machine of scripts/test-cgroup2.mjs: prints what becomes of commands with limits, as a line of JSON.
import { execFileSync } from 'node:child_process';
import { createReadStream, existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf } from '../../packages/core/dist/index.js';
import { createSandbox } from '../../packages/sandbox/dist/index.js';

const MIB = 1024 * 1024;
const CPU = { cpuShares: 512, cpuPeriod: 50_000, cpuQuota: 25_000, cpusetCpus: '0' };
const LIMITS = { memory: 64 * MIB, memorySwap: 96 * MIB, pidsLimit: 77, ...CPU };
const FILES = ['memory.max', 'memory.swap.max', 'pids.max', 'cpu.weight', 'cpu.max', 'cpuset.cpus'];

const scratch = mkdtempSync(join(tmpdir(), 'cgroup2-'));
const archive = join(scratch, 'base.tar');
const programs = 'cp /bin/busybox bin/sh && for name in head tail sleep; do ln -s sh bin/$name; done';
const pack = `mkdir root && cd root && mkdir bin dev proc sys etc && ${programs} && tar -cf ../base.tar .`;
execFileSync('sh', ['-ec', pack], { cwd: scratch });
const layer = { diffId: digestOf(readFileSync(archive)), read: (reader) => reader(createReadStream(archive), false) };

const places = { snapshots: join(scratch, 'snapshots'), scratch: join(scratch, 'tmp') };
const sandbox = await createSandbox({ ...places, runner: process.env.RUNNER ?? 'builtin' });
const limits = await outcomeOf('echo; sleep 1', LIMITS, () => settingsBelow('/sys/fs/cgroup'));
const memory = await outcomeOf('head -c 100000000 /dev/zero | tail -c 100000000 > /dev/null; exit $?', {
  memory: 16 * MIB,
  memorySwap: 16 * MIB,
});
const pids = await outcomeOf('for n in 1 2 3 4 5 6 7 8 9; do sleep 1 & done 2> /dev/null', { pidsLimit: 5 });
await sandbox[Symbol.asyncDispose]();
console.log(JSON.stringify({ limits, memory, pids, left: settingsBelow('/sys/fs/cgroup') }));

/** What came of a command, and what was to be seen when it printed something. */
async function outcomeOf(command, resources, look = () => undefined) {
  const args = ['/bin/sh', '-c', command];
  const process = { args, env: { PATH: '/bin' }, cwd: '/', user: '', network: 'host', resources };
  let settings;
  const onOutput = () => {
    settings = look();
  };
  try {
    const result = await sandbox.run({ rootfs: [layer], process, mounts: [], onOutput, hasOneOutput: true });
    return { ...result, settings };
  } catch (error) {
    return { refusal: error.message };
  }
}

/** Of our cgroups, but for that of processes that made room. */
function settingsBelow(folder) {
  const names = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return names.flatMap(({ name }) => {
    const path = join(folder, name);
    if (name === 'tsbuild-others') return [];
    return name.startsWith('tsbuild-') ? [settingsOf(path)] : settingsBelow(path);
  });
}

/** An OCI runtime sets some in a cgroup of its own below. */
function settingsOf(path) {
  const read = (file) => (existsSync(file) ? readFileSync(file, 'utf8').trim() : 'max');
  const settingOf = (file) => {
    const outer = read(join(path, file));
    return outer === 'max' ? read(join(path, 'command', file)) : outer;
  };
  return Object.fromEntries(FILES.map((file) => [file, settingOf(file)]));
}
