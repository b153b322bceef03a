import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, symlink, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSandbox, probeTiers } from '@tsbuild/sandbox';
import { expect, test } from 'vitest';

const isRoot = process.getuid?.() === 0;

test.skipIf(process.platform !== 'linux')('every tier is tried, strongest first, and leaves nothing', async () => {
  const scratch = await mkdtemp(join(tmpdir(), 'probe-'));
  const reports = await probeTiers(scratch);
  expect(reports.map(({ tier }) => tier)).toEqual(['root', 'userns', 'userns-single', 'chroot']);
  for (const { isAvailable, reason } of reports) expect(isAvailable).toBe(reason === undefined);
  expect(await readdir(scratch)).toEqual([]);
  await rm(scratch, { recursive: true });
});

test.skipIf(!isRoot)('a refusal names the tier, why, and what would help, before anything ran', async () => {
  const scratch = await mkdtemp(join(tmpdir(), 'refusal-'));
  const options = { scratch, snapshots: join(scratch, 'snapshots') };
  await expect(createSandbox({ ...options, tier: 'userns' })).rejects.toMatchObject({
    code: 'ERR_TSBUILD_RUN_UNAVAILABLE',
    message: 'no sandbox for RUN on this machine (userns: this process is root and needs no mapping)',
  });
  expect(await readdir(scratch)).toEqual([]);
  await rm(scratch, { recursive: true });
});

test.skipIf(!isRoot)('a store on an overlay is named as the reason', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'overlay-'));
  for (const name of ['lower', 'upper', 'work', 'mounted']) await mkdir(join(folder, name));
  const options = `lowerdir=${folder}/lower,upperdir=${folder}/upper,workdir=${folder}/work`;
  execFileSync('mount', ['-t', 'overlay', '-o', options, 'overlay', `${folder}/mounted`]);
  try {
    const reports = await probeTiers(`${folder}/mounted`);
    const why = {
      reason: 'the store lies on an overlay, which takes no other overlay',
      hint: 'put the store on another file system, as a volume: --root or TSBUILD_ROOT',
    };
    expect(reports[0]).toEqual({ tier: 'root', isAvailable: false, ...why });
    expect(reports[3]?.warning).toBe('no boundary: nothing keeps a command from what this process may do');
    const scratch = `${folder}/mounted/scratch`;
    await using sandbox = await createSandbox({ scratch, snapshots: `${folder}/mounted/snapshots` });
    expect({ tier: sandbox.tier, weakness: sandbox.weakness }).toEqual({ tier: 'chroot', weakness: why });
  } finally {
    execFileSync('umount', ['--lazy', `${folder}/mounted`]);
    await rm(folder, { recursive: true });
  }
});

test.skipIf(!isRoot)('a program that is not installed is named, with its package', async () => {
  const scratch = await mkdtemp(join(tmpdir(), 'refusal-'));
  const programs = await mkdtemp(join(tmpdir(), 'programs-'));
  await symlink('/usr/bin/unshare', join(programs, 'unshare'));
  const path = process.env.PATH;
  process.env.PATH = programs;
  try {
    const options = { scratch, snapshots: join(scratch, 'snapshots'), tier: 'root', runner: 'crun' } as const;
    await expect(createSandbox(options)).rejects.toMatchObject({
      message: expect.stringContaining('(root: crun is not installed)'),
      hint: expect.stringMatching(/^sudo apt-get install crun/),
    });
    await unlink(join(programs, 'unshare'));
    const missing = { reason: 'unshare is not installed', hint: 'sudo apt-get install util-linux' };
    expect((await probeTiers(scratch))[0]).toEqual({ tier: 'root', isAvailable: false, ...missing });
  } finally {
    process.env.PATH = path;
    for (const folder of [scratch, programs]) await rm(folder, { recursive: true });
  }
});

const DOCKER_CAPABILITIES =
  '-all,+chown,+dac_override,+fsetid,+fowner,+mknod,+net_raw,+setgid,+setuid,+setfcap,+setpcap,+net_bind_service,+sys_chroot,+kill,+audit_write';

test.skipIf(!isRoot)('root of an ordinary container gets the tier chroot', () => {
  const index = import.meta.resolve('@tsbuild/sandbox');
  const script = `const { probeTiers } = await import(${JSON.stringify(index)}); console.log(JSON.stringify(await probeTiers()))`;
  const limit = ['--bounding-set', DOCKER_CAPABILITIES, '--inh-caps=-all', '--'];
  const args = [...limit, process.execPath, '--input-type=module', '-e', script];
  const reports = JSON.parse(execFileSync('setpriv', args, { encoding: 'utf8', cwd: '/' }));
  expect(reports[0]).toMatchObject({ tier: 'root', isAvailable: false });
  expect(reports[3]).toMatchObject({ tier: 'chroot', isAvailable: true });
});

test.skipIf(!isRoot)('what an ordinary user lacks is told to it', () => {
  const index = import.meta.resolve('@tsbuild/sandbox');
  const script = `const { probeTiers } = await import(${JSON.stringify(index)}); console.log(JSON.stringify(await probeTiers()))`;
  const args = [
    '--reuid',
    '64000',
    '--regid',
    '64000',
    '--clear-groups',
    process.execPath,
    '--input-type=module',
    '-e',
    script,
  ];
  const [root, userns] = JSON.parse(execFileSync('setpriv', args, { encoding: 'utf8', cwd: '/' }));
  expect(root).toEqual({
    tier: 'root',
    isAvailable: false,
    reason: 'this process is not root',
    hint: 'run it with sudo',
  });
  expect(userns).toEqual({
    tier: 'userns',
    isAvailable: false,
    reason: '64000 has no subordinate ids in /etc/subuid',
    hint: 'sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 64000',
  });
});
