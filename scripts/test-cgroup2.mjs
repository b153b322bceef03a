// node scripts/test-cgroup2.mjs: limits of RUN steps under cgroups of version 2, in a virtual machine that runs Debian's
// kernel on the files of this one. It is emulated and takes minutes, so it is no part of npm test. Needs Debian, root,
// qemu-system-x86, busybox-static, runc and e2fsprogs.
import { deepStrictEqual } from 'node:assert';
import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { mustRun, ROOT } from './lib/run.mjs';

const SOURCES = join(ROOT, 'scripts/cgroup2');
const MODULES = ['virtio_pci', '9pnet_virtio', '9p', 'overlay', 'virtio_blk', 'crc32c_generic', 'ext4'];
/** Nobody has this id. */
const ORDINARY = 64242;
const TIMEOUT_SECONDS = 1800;

/** What the kernel keeps of LIMITS in guest.mjs. */
const SETTINGS = {
  'memory.max': '67108864',
  'memory.swap.max': '33554432',
  'pids.max': '77',
  'cpu.weight': '20',
  'cpu.max': '25000 50000',
  'cpuset.cpus': '0',
};
const WORKS = {
  limits: { exitCode: 0, settings: [SETTINGS] },
  memory: { exitCode: 137, isOutOfMemory: true },
  pids: { exitCode: 2 },
  left: [],
};
const refused = (what) => ({ refusal: `cannot limit ${what} of RUN steps: /sys/fs/cgroup/user: EACCES` });
const EXPECTED = {
  'the root of the tree': WORKS,
  'a service': WORKS,
  'a service, with runc': WORKS,
  'a container': WORKS,
  'a user with a cgroup of its own': WORKS,
  'a user without': { limits: refused('memory'), memory: refused('memory'), pids: refused('pids'), left: [] },
};

const folder = mkdtempSync(join(tmpdir(), 'tsbuild-cgroup2-'));
try {
  const kernel = await fetchKernel();
  await packInitialFiles(kernel);
  await mustRun('mkfs.ext4', ['-q', join(folder, 'disk'), '1G'], { quiet: true });
  check(await boot(kernel.image));
} finally {
  rmSync(folder, { recursive: true });
}

async function fetchKernel() {
  const depends = execFileSync('apt-cache', ['depends', 'linux-image-amd64'], { encoding: 'utf8' });
  const [, name = ''] = /Depends: (linux-image-\S+)/.exec(depends) ?? [];
  execFileSync('apt-get', ['download', '--quiet', name], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  const [archive = ''] = readdirSync(folder).filter((file) => file.endsWith('.deb'));
  await mustRun('dpkg-deb', ['-x', join(folder, archive), join(folder, 'kernel')]);
  const files = readdirSync(join(folder, 'kernel'), { recursive: true }).map((file) => join(folder, 'kernel', file));
  const image = files.find((file) => basename(file).startsWith('vmlinuz-'));
  return {
    image,
    modules: new Map(files.filter((file) => file.endsWith('.ko')).map((file) => [basename(file, '.ko'), file])),
  };
}

/** A busybox, the modules that the kernel needs in their order, and what it is to do. */
async function packInitialFiles({ modules }) {
  const root = join(folder, 'initial');
  mkdirSync(join(root, 'bin'), { recursive: true });
  mkdirSync(join(root, 'modules'));
  copyFileSync('/bin/busybox', join(root, 'bin/busybox'));
  copyFileSync(join(SOURCES, 'init.sh'), join(root, 'init'));
  chmodSync(join(root, 'init'), 0o755);
  for (const [at, name] of withNeeded(MODULES, modules).entries())
    copyFileSync(modules.get(name), join(root, 'modules', `${String(at).padStart(2, '0')}-${name}.ko`));
  const settings = `export CHECKOUT='${ROOT.replace(/\/$/, '')}' ORDINARY=${ORDINARY}\n`;
  writeFileSync(join(root, 'job'), settings + readFileSync(join(SOURCES, 'job.sh'), 'utf8'));
  const pack = 'cd "$1" && find . | busybox cpio -o -H newc 2> /dev/null | gzip -1 > ../initial.gz';
  await mustRun('/bin/sh', ['-ec', pack, 'sh', root]);
}

/** Modules name those that must be there before them. */
function withNeeded(names, modules, found = []) {
  for (const name of names) {
    if (found.includes(name)) continue;
    const [, needed = ''] = /\0depends=([^\0]*)\0/.exec(readFileSync(modules.get(name), 'latin1')) ?? [];
    withNeeded(needed.split(',').filter(Boolean), modules, found);
    found.push(name);
  }
  return found;
}

/** Lines that the machine printed. */
async function boot(kernel) {
  const machine = ['-accel', 'tcg,thread=multi', '-cpu', 'max', '-smp', '2', '-m', '3G', '-nodefaults', '-no-reboot'];
  const console = ['-display', 'none', '-serial', 'stdio', '-append', 'console=ttyS0 quiet panic=-1'];
  const share = 'local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap';
  const disk = ['-virtfs', share, '-drive', `file=${join(folder, 'disk')},format=raw,if=virtio`];
  const start = ['-kernel', kernel, '-initrd', join(folder, 'initial.gz')];
  const child = spawn(
    'timeout',
    [String(TIMEOUT_SECONDS), 'qemu-system-x86_64', ...machine, ...console, ...disk, ...start],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let text = '';
  for await (const bytes of child.stdout) {
    process.stdout.write(bytes);
    text += bytes;
  }
  return text.split(/\r?\n/);
}

function check(lines) {
  const seen = {};
  for (const [at, line] of lines.entries()) {
    const [, place] = /^place: (.*)$/.exec(line) ?? [];
    if (place !== undefined) seen[place] = JSON.parse(lines.slice(at + 1).find((each) => each.startsWith('{')) ?? '{}');
  }
  deepStrictEqual(seen, EXPECTED);
  console.log(`limits work in cgroups of version 2, or are refused: ${Object.keys(EXPECTED).join(', ')}`);
}
