import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { expect } from 'vitest';
import { mustRun } from '../support/command.ts';
import { testWith } from '../support/parts.ts';
import { REGISTRY_USER, startBasicRegistry, startTokenRegistry } from '../support/registry/guarded-registry.ts';
import { openTempFolder, type TempFolder } from '../support/temp-folder.ts';
import { mustTsbuild, TSBUILD_COMMAND, tsbuild } from '../support/tsbuild.ts';

const { username, password } = REGISTRY_USER;

const envOf = (folder: TempFolder) => ({ DOCKER_CONFIG: folder.file('docker'), HOME: folder.path });

async function configOf(folder: TempFolder): Promise<unknown> {
  return JSON.parse(await readFile(folder.file('docker', 'config.json'), 'utf8'));
}

for (const [kind, start] of [
  ['basic', startBasicRegistry],
  ['token', startTokenRegistry],
] as const) {
  testWith(
    'docker-registry',
    'openssl',
    'skopeo',
  )(`a login to a registry with ${kind} access opens it, a logout closes it`, async () => {
    await using folder = await openTempFolder();
    await using registry = await start();
    const env = envOf(folder);
    const root = folder.file('store');
    const server = `http://${registry.host}/v2/`;
    const name = `${registry.host}/app:1`;
    await mkdir(folder.file('context'));
    await writeFile(folder.file('context', 'Dockerfile'), 'FROM scratch\nCOPY Dockerfile /\n');
    await mustTsbuild(root, ['build', '-t', name, folder.file('context')], { env });
    expect((await tsbuild(root, ['push', name], { env })).exitCode).toBe(1);

    const input = `${password}\n`;
    const loggedIn = await tsbuild(root, ['login', '-u', username, '--password-stdin', server], { env, input });

    expect(loggedIn).toMatchObject({ exitCode: 0, stdout: 'Login Succeeded\n' });
    const auth = Buffer.from(`${username}:${password}`).toString('base64');
    expect(await configOf(folder)).toEqual({ auths: { [registry.host]: { auth } } });
    await mustTsbuild(root, ['push', name], { env });
    const authFile = ['--authfile', folder.file('docker', 'config.json')];
    const seen = await mustRun(['skopeo', 'inspect', ...authFile, '--tls-verify=false', `docker://${name}`]);
    expect(JSON.parse(seen).Layers).toHaveLength(1);
    // What is kept is tried first, and suffices.
    expect((await mustTsbuild(root, ['login', registry.host], { env })).stdout).toBe('Login Succeeded\n');
    const loggedOut = await mustTsbuild(root, ['logout', registry.host], { env });
    expect(loggedOut.stdout).toBe(`Removing login credentials for ${registry.host}\n`);
    expect(await configOf(folder)).toEqual({ auths: {} });
    expect((await tsbuild(root, ['pull', name], { env })).exitCode).toBe(1);
  });
}

testWith('docker-registry')('a wrong password is told without showing it, and kept nowhere', async () => {
  await using folder = await openTempFolder();
  await using registry = await startBasicRegistry();
  const env = { ...envOf(folder), TSBUILD_DEBUG: '1' };
  const args = ['login', '-u', username, '--password-stdin', registry.host];

  const { exitCode, stdout, stderr } = await tsbuild(folder.file('store'), args, { env, input: 'wrong-word' });

  expect([exitCode, stdout]).toEqual([1, '']);
  expect(stderr).toContain(`check the credentials for ${registry.host}`);
  expect(stderr).not.toContain('wrong-word');
  expect(await readdir(folder.path)).not.toContain('docker');
});

testWith('docker-registry', 'script')('at a terminal the password is asked for, and not shown', async () => {
  await using folder = await openTempFolder();
  await using registry = await startBasicRegistry();

  const shown = await typeInto(['login', registry.host], envOf(folder), [
    ['Username: ', `usx\u007fer\r`],
    ['Password: ', `${password}\r`],
  ]);

  expect(shown).toContain('Login Succeeded');
  expect(shown).not.toContain(password);
});

testWith()('what cannot be asked for has to be given', async () => {
  await using folder = await openTempFolder();
  const fail = async (...args: readonly string[]) => {
    const { exitCode, stderr } = await tsbuild(folder.path, ['login', ...args], { env: envOf(folder) });
    return `${exitCode} ${stderr.split('\n').find((line) => line.startsWith('error:'))}`;
  };

  expect(await fail('-u', 'x', 'r.test')).toContain('2 error: cannot log in interactively');
  expect(await fail('--password-stdin', 'r.test')).toContain('2 error: must provide --username');
  expect(await fail('-u', 'x', '-p', 'y', '--password-stdin')).toContain('2 error: --password and --password-stdin');
  expect(await fail('-u', 'x', '--password-stdin', 'r.test')).toContain('2 error: a password is required');
  expect(await fail('a b', '-u', 'x', '-p', 'y')).toContain('2 error: "a b" is not a registry host');
});

/** Runs the command at a terminal of its own and types each answer when its question appears. */
async function typeInto(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  answers: readonly (readonly [question: string, answer: string])[],
): Promise<string> {
  const line = [process.execPath, TSBUILD_COMMAND, ...args].join(' ');
  const child = spawn('script', ['-qec', line, '/dev/null'], { env: { ...process.env, ...env } });
  const waiting = [...answers];
  let shown = '';
  for await (const chunk of child.stdout) {
    shown += String(chunk);
    const [next] = waiting;
    if (next === undefined || !shown.endsWith(next[0])) continue;
    waiting.shift();
    child.stdin.write(next[1]);
  }
  return shown;
}
