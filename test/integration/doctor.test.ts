import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { expect } from 'vitest';
import { installCommand } from '../support/installed-command.ts';
import { becomeUser } from '../support/other-user.ts';
import { testWith } from '../support/parts.ts';
import { openTempFolder } from '../support/temp-folder.ts';
import { mustTsbuild } from '../support/tsbuild.ts';

testWith(
  'root',
  'unshare',
  'git',
  'runc',
)('tsbuild doctor says what root can do here', async () => {
  await using folder = await openTempFolder();
  const root = folder.file('store');
  await mkdir(folder.file('docker'));
  await writeFile(folder.file('docker/config.json'), '{"auths":{"r.example":{"auth":"c2VjcmV0OnNlY3JldA=="}}}');
  const noProxies = { http_proxy: '', HTTP_PROXY: '', no_proxy: '', NO_PROXY: '' };
  const https_proxy = 'http://me:c2VjcmV0OnNlY3JldA==@proxy.example';
  const env = { ...noProxies, https_proxy, DOCKER_CONFIG: folder.file('docker') };
  const { stdout } = await mustTsbuild(root, ['doctor', '--format', 'json'], { env });
  const diagnosis = JSON.parse(stdout);

  expect(diagnosis).toMatchObject({
    node: process.version,
    store: { folder: root, format: 1, size: 0, limit: expect.any(Number) },
  });
  expect(diagnosis.tiers[0]).toEqual({ tier: 'root', isAvailable: true });
  expect(diagnosis.runners[0]).toEqual({ runner: 'runc', isAvailable: true });
  expect(diagnosis.limits.map(({ controller }: { controller: string }) => controller)).toEqual([
    'memory',
    'pids',
    'cpu',
    'cpuset',
  ]);
  expect(diagnosis.limits[1]).toEqual({ controller: 'pids', isAvailable: true, version: expect.any(Number) });
  expect(diagnosis.proxies).toEqual({ https_proxy: 'http://***@proxy.example' });
  expect(diagnosis.credentials).toContainEqual({
    file: folder.file('docker/config.json'),
    registries: ['r.example'],
    helpers: [],
  });
  const text = (await mustTsbuild(root, ['doctor'], { env })).stdout;
  expect(text).toContain(`\nStore: ${root} (`);
  expect(text).toContain('\nRUN: tier root\n  root: works\n  userns: no: this process is root and needs no mapping\n');
  expect(text).toMatch(/\n {2}--runner runc: works\n/);
  expect(text).toMatch(/\nLimits of RUN:\n {2}memory: works, cgroups of version [12]\n/);
  expect(text).toMatch(/\n {2}runc: runc version .+\n/);
  expect(`${stdout}${text}`).not.toContain('c2VjcmV0OnNlY3JldA==');
});

testWith('root', 'setpriv')('tsbuild doctor tells an ordinary user what would give more', async () => {
  await using folder = await openTempFolder();
  await chmod(folder.path, 0o755);
  const script = await installCommand(folder.file('installed'));
  const user = await becomeUser({ uid: 64242, gid: 64242 }, folder.file('home'));
  const doctor = async (...args: readonly string[]) => {
    const { exitCode, stdout } = await user.run([process.execPath, script, 'doctor', ...args]);
    expect(exitCode).toBe(0);
    return stdout;
  };

  const hint = 'sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 64242';
  const { tiers, store, limits } = JSON.parse(await doctor('--format=json'));
  expect(limits[1]).toMatchObject({
    controller: 'pids',
    isAvailable: false,
    reason: expect.stringContaining('cannot limit pids of RUN steps: '),
    hint: expect.stringContaining('systemd-run --user --scope -p Delegate=yes tsbuild build'),
  });
  expect(store.folder).toBe(folder.file('home/.local/share/tsbuild'));
  expect(tiers).toEqual([
    { tier: 'root', isAvailable: false, reason: 'this process is not root', hint: 'run it with sudo' },
    { tier: 'userns', isAvailable: false, reason: '64242 has no subordinate ids in /etc/subuid', hint },
    { tier: 'userns-single', isAvailable: true },
    { tier: 'chroot', isAvailable: false, reason: 'this process is not root', hint: 'run it with sudo' },
  ]);
  expect(await doctor()).toContain(
    `\nRUN: tier userns-single\n  root: no: this process is not root\n    mend: run it with sudo\n  userns: no: 64242 has no subordinate ids in /etc/subuid\n    mend: ${hint}\n  userns-single: works\n`,
  );
});
