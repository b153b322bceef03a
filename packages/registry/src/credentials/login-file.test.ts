import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { delimiter, dirname } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openTempFolder, type TempFolder } from '../../../../test/support/temp-folder.ts';
import { keepCredential, removeCredential } from './login-file.ts';
import { systemCredentials } from './system.ts';

const PATH = process.env.PATH ?? '';
afterEach(() => {
  process.env.PATH = PATH;
});

const USER = { username: 'me', password: 'a:b ü' };
const AUTH = Buffer.from('me:a:b ü').toString('base64');

const configOf = async (folder: TempFolder) => JSON.parse(await readFile(folder.file('config.json'), 'utf8'));

test('a first login makes a file that only its owner can read', async () => {
  await using folder = await openTempFolder();
  const env = { DOCKER_CONFIG: folder.file('new') };

  const kept = await keepCredential('r.test:5000', USER, { env });

  expect(kept).toEqual({ path: folder.file('new', 'config.json'), helper: undefined });
  expect(await readFile(kept.path, 'utf8')).toBe(
    `{\n\t"auths": {\n\t\t"r.test:5000": {\n\t\t\t"auth": "${AUTH}"\n\t\t}\n\t}\n}\n`,
  );
  expect((await stat(kept.path)).mode & 0o777).toBe(0o600);
  expect((await stat(dirname(kept.path))).mode & 0o777).toBe(0o700);
  expect(await readdir(dirname(kept.path))).toEqual(['config.json']);
  expect(await systemCredentials({ env })({ registry: 'r.test:5000', actions: [] })).toEqual(USER);
});

test('everything else in the file stays, and so does a link to it', async () => {
  await using folder = await openTempFolder();
  const before = { psFormat: 'x', auths: { other: { auth: 'eHg6eQ==', email: 'e' } }, plugins: { a: { b: 'c' } } };
  await writeFile(folder.file('real.json'), JSON.stringify(before), { mode: 0o644 });
  await symlink('real.json', folder.file('config.json'));
  const env = { DOCKER_CONFIG: folder.path };

  await keepCredential('r.test', USER, { env });

  expect(await configOf(folder)).toEqual({ ...before, auths: { ...before.auths, 'r.test': { auth: AUTH } } });
  expect((await stat(folder.file('real.json'))).mode & 0o777).toBe(0o600);
  expect(await removeCredential('r.test', { env })).toBe(true);
  expect(await removeCredential('r.test', { env })).toBe(false);
  expect(await configOf(folder)).toEqual(before);
});

test("Docker Hub is kept under Docker's name, whichever spelling was there", async () => {
  await using folder = await openTempFolder();
  const env = { DOCKER_CONFIG: folder.path };
  await writeFile(folder.file('config.json'), '{"auths":{"docker.io":{},"registry-1.docker.io":{}}}');

  await keepCredential('docker.io', USER, { env });
  expect(await configOf(folder)).toEqual({ auths: { 'https://index.docker.io/v1/': { auth: AUTH } } });

  await removeCredential('docker.io', { env });
  expect(await configOf(folder)).toEqual({ auths: {} });
});

test('a file that is not JSON is left alone', async () => {
  await using folder = await openTempFolder();
  await writeFile(folder.file('config.json'), '{"auths": secret');
  const env = { DOCKER_CONFIG: folder.path };

  await expect(keepCredential('r.test', USER, { env })).rejects.toThrow('are not a JSON object');
  expect(await readFile(folder.file('config.json'), 'utf8')).toBe('{"auths": secret');
});

test("podman's variable names the file", async () => {
  await using folder = await openTempFolder();
  const env = { REGISTRY_AUTH_FILE: folder.file('auth.json'), DOCKER_CONFIG: folder.file('unused') };

  await keepCredential('r.test', USER, { env });

  expect(JSON.parse(await readFile(folder.file('auth.json'), 'utf8'))).toEqual({ auths: { 'r.test': { auth: AUTH } } });
  expect(await readdir(folder.path)).toEqual(['auth.json']);
});

test.each([{ credsStore: 'mem' }, { credHelpers: { 'r.test': 'mem' } }])(
  'a helper keeps the secret: %j',
  async (file) => {
    await using folder = await openTempFolder();
    await installHelper(folder, 'mem', 'echo "$1" >> "$0.log"; cat >> "$0.log"; echo >> "$0.log"');
    await writeFile(folder.file('config.json'), JSON.stringify(file));
    const env = { DOCKER_CONFIG: folder.path };

    expect((await keepCredential('r.test', USER, { env })).helper).toBe('mem');
    expect(await configOf(folder)).toEqual({ ...file, auths: { 'r.test': {} } });
    expect(await removeCredential('r.test', { env })).toBe(true);
    expect(await configOf(folder)).toEqual({ ...file, auths: {} });
    expect(await readFile(folder.file('bin', 'docker-credential-mem.log'), 'utf8')).toBe(
      'store\n{"ServerURL":"r.test","Username":"me","Secret":"a:b ü"}\nerase\nr.test\n',
    );
  },
);

test.each([
  ['exit 3', 'it ended with exit code 3'],
  [undefined, 'it is not installed'],
])('a secret that a helper does not keep is kept nowhere', async (script, problem) => {
  await using folder = await openTempFolder();
  if (script !== undefined) await installHelper(folder, 'mem', `cat > /dev/null; ${script}`);
  await writeFile(folder.file('config.json'), '{"credsStore":"mem"}');

  await expect(keepCredential('r.test', USER, { env: { DOCKER_CONFIG: folder.path } })).rejects.toThrow(problem);
  expect(await configOf(folder)).toEqual({ credsStore: 'mem' });
});

async function installHelper(folder: TempFolder, name: string, script: string): Promise<void> {
  const path = folder.file('bin', `docker-credential-${name}`);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  process.env.PATH = `${dirname(path)}${delimiter}${PATH}`;
}
