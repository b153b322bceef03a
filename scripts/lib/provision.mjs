import { accessSync, constants, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from './run.mjs';

/** What the tests use besides Node, and the Debian packages that bring it: command or file → packages. */
const PARTS = new Map([
  ['docker-registry', ['docker-registry']],
  ['skopeo', ['skopeo']],
  ['umoci', ['umoci']],
  ['runc', ['runc']],
  ['crun', ['crun']],
  ['buildah', ['buildah']],
  ['dockerd', ['docker.io']],
  ['docker', ['docker.io', 'docker-cli']],
  ['podman', ['podman']],
  ['busybox', ['busybox-static']],
  ['mmdebstrap', ['mmdebstrap']],
  ['mkfs.xfs', ['xfsprogs']],
  ['mkfs.btrfs', ['btrfs-progs']],
  ['newuidmap', ['uidmap']],
  ['zstd', ['zstd']],
  ['xz', ['xz-utils']],
  ['bzip2', ['bzip2']],
  ['git', ['git']],
  ['openssl', ['openssl']],
  ['ssh-agent', ['openssh-client']],
  ['setcap', ['libcap2-bin']],
  ['script', ['bsdutils']],
  ['tmux', ['tmux']],
  ['zsh', ['zsh']],
  ['fish', ['fish']],
  ['/usr/bin/pydoc3', ['python3']],
  ['/usr/lib/python3/dist-packages/nacl/secret.py', ['python3-nacl']],
  ['gcc', ['gcc']],
  ['/usr/include/stdio.h', ['libc6-dev']],
  ['objdump', ['binutils']],
  ['aarch64-linux-gnu-objdump', ['binutils-aarch64-linux-gnu']],
  ['/usr/bin/qemu-aarch64-static', ['qemu-user-static']],
  ['chromium', ['chromium']],
  ['/etc/ssl/certs/ca-certificates.crt', ['ca-certificates']],
]);

/** While this file says so, installing a package starts no service. */
const POLICY_FILE = '/usr/sbin/policy-rc.d';

/** The user of tests that need an ordinary one with subordinate ids. Made only where nothing may be skipped. */
const TEST_USER = 'tsbuild-test';

/** Installs the missing parts where this process may; says what stays missing. Tests skip what they lack. */
export async function provision() {
  const missing = missingParts();
  const isRoot = process.getuid?.() === 0;
  if (missing.length > 0 && isRoot && findCommand('apt-get')) await install(missing);
  if (isRoot && process.env.TSBUILD_TEST_ALL === '1' && !hasOrdinaryUser()) await addUser();
  const absent = missingParts();
  if (absent.length > 0) console.log(`not on this machine, tests that need them are skipped: ${absent.join(', ')}`);
}

async function install(parts) {
  console.log(`installing Debian packages for ${parts.join(', ')} …`);
  const apt = (...args) => run('apt-get', args, { quiet: true, env: { DEBIAN_FRONTEND: 'noninteractive' } });
  await apt('update');
  const packages = await known(parts.flatMap((part) => PARTS.get(part) ?? []));
  const ownsPolicy = !existsSync(POLICY_FILE);
  if (ownsPolicy) writeFileSync(POLICY_FILE, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await apt('install', '--yes', '--no-install-recommends', ...packages);
  } finally {
    if (ownsPolicy) rmSync(POLICY_FILE, { force: true });
  }
}

/** True when a user other than root has subordinate ids. */
function hasOrdinaryUser() {
  return existsSync('/etc/subuid') && /^(?!root:)[^:]+:\d+:\d+$/m.test(readFileSync('/etc/subuid', 'utf8'));
}

async function addUser() {
  const ids = ['--add-subuids', '100000-165535', '--add-subgids', '100000-165535'];
  await run('useradd', ['--no-create-home', '--shell', '/usr/sbin/nologin', TEST_USER], { quiet: true });
  if (!hasOrdinaryUser()) await run('usermod', [...ids, TEST_USER], { quiet: true });
}

/** Releases differ: `docker-cli` is a package of its own only in newer ones. */
async function known(packages) {
  const found = [];
  for (const name of new Set(packages)) {
    if ((await run('sh', ['-c', `apt-cache policy ${name} | grep -q 'Candidate: [0-9]'`], { quiet: true })) === 0)
      found.push(name);
  }
  return found;
}

function missingParts() {
  return [...PARTS.keys()].filter((part) => !(part.startsWith('/') ? existsSync(part) : findCommand(part)));
}

function findCommand(name) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
