import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, dirname } from 'node:path';
import { inspect } from 'node:util';
import { beforeEach, expect, test } from 'vitest';
import { openTempFolder, type TempFolder } from '../../../../test/support/temp-folder.ts';
import { systemCredentials } from './system.ts';

const PATH = process.env.PATH ?? '';

beforeEach(() => {
  process.env.PATH = PATH;
  return () => {
    process.env.PATH = PATH;
  };
});

const entry = (user: string) => ({ username: user, password: 'secret' });

async function writeJson(path: string, value: unknown): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, JSON.stringify(value));
}

/** Puts `docker-credential-<name>` with this script into PATH. */
async function installHelper(folder: TempFolder, name: string, script: string): Promise<void> {
  const path = folder.file('bin', `docker-credential-${name}`);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  process.env.PATH = `${dirname(path)}${delimiter}${PATH}`;
}

const ask = async (env: Record<string, string>, registry: string, repository?: string) =>
  systemCredentials({ env })({ registry, repository, actions: ['pull'] });

test('the files of Docker and podman are asked in turn', async () => {
  await using folder = await openTempFolder();
  await writeJson(folder.file('.docker', 'config.json'), {
    auths: { both: entry('docker'), 'docker.test': entry('d') },
  });
  await writeJson(folder.file('.config', 'containers', 'auth.json'), {
    auths: { both: entry('podman'), 'podman.test': entry('p') },
  });
  await writeJson(folder.file('run', 'containers', 'auth.json'), { auths: { 'podman.test': entry('run') } });
  const env = { HOME: folder.path };

  expect(await ask(env, 'both')).toEqual(entry('docker'));
  expect(await ask(env, 'podman.test')).toEqual(entry('p'));
  expect(await ask({ ...env, XDG_RUNTIME_DIR: folder.file('run') }, 'podman.test')).toEqual(entry('run'));
  expect(await ask(env, 'elsewhere.test')).toBeUndefined();
});

test('variables name other files, or hold one', async () => {
  await using folder = await openTempFolder();
  await writeJson(folder.file('other', 'config.json'), { auths: { 'a.test': entry('other') } });
  await writeJson(folder.file('auth.json'), { auths: { 'a.test': entry('file') } });
  const env = { HOME: folder.path, DOCKER_CONFIG: folder.file('other') };

  expect(await ask(env, 'a.test')).toEqual(entry('other'));
  expect(await ask({ ...env, REGISTRY_AUTH_FILE: folder.file('auth.json') }, 'a.test')).toEqual(entry('file'));
  const inline = JSON.stringify({ auths: { 'a.test': entry('inline') } });
  expect(await ask({ ...env, DOCKER_AUTH_CONFIG: inline }, 'a.test')).toEqual(entry('inline'));
});

test('the entry for the longest part of the name wins', async () => {
  await using folder = await openTempFolder();
  const auths = { 'a.test': entry('host'), 'a.test/team': entry('team'), 'a.test/team/app': entry('app') };
  await writeJson(folder.file('.docker', 'config.json'), { auths });
  const env = { HOME: folder.path };

  expect(await ask(env, 'a.test', 'team/app')).toEqual(entry('app'));
  expect(await ask(env, 'a.test', 'team/other')).toEqual(entry('team'));
  expect(await ask(env, 'a.test', 'teams')).toEqual(entry('host'));
  expect(await ask(env, 'a.test')).toEqual(entry('host'));
});

test('a helper is asked for the registry by its server name', async () => {
  await using folder = await openTempFolder();
  await installHelper(
    folder,
    'tsbuild-test',
    `read server || true; printf '{"ServerURL":"%s","Username":"%s","Secret":"%s-secret"}' "$server" "$1" "$server"`,
  );
  await writeJson(folder.file('.docker', 'config.json'), {
    credHelpers: { 'docker.io': 'tsbuild-test', 'helped.test': 'tsbuild-test' },
  });
  const env = { HOME: folder.path };

  expect(await ask(env, 'helped.test')).toEqual({ username: 'get', password: 'helped.test-secret' });
  expect(await ask(env, 'docker.io')).toEqual({ username: 'get', password: 'https://index.docker.io/v1/-secret' });
});

test('a store answers for every registry, and what it does not know is looked up in the file', async () => {
  await using folder = await openTempFolder();
  await installHelper(
    folder,
    'tsbuild-store',
    `read server || true; case "$server" in token.test) printf '{"Username":"<token>","Secret":"refresh"}';; ` +
      `*) printf 'credentials not found in native keychain'; exit 1;; esac`,
  );
  const config = { credsStore: 'tsbuild-store', auths: { 'file.test': entry('file') } };
  await writeJson(folder.file('.docker', 'config.json'), config);
  const env = { HOME: folder.path };

  expect(await ask(env, 'token.test')).toEqual({ identityToken: 'refresh' });
  expect(await ask(env, 'file.test')).toEqual(entry('file'));
  expect(await ask(env, 'unknown.test')).toBeUndefined();
});

test('a helper that is not installed is as good as none', async () => {
  await using folder = await openTempFolder();
  await writeJson(folder.file('.docker', 'config.json'), { credsStore: 'tsbuild-not-installed' });

  expect(await ask({ HOME: folder.path }, 'a.test')).toBeUndefined();
});

test.each([
  ['exits', 'exit 3', 'it ended with exit code 3'],
  ['talks nonsense', `printf 'secret-word'`, 'its answer is unusable'],
  ['answers without a secret', `printf '{"Username":"secret-word"}'`, 'its answer is unusable'],
])('a helper that %s is an error that shows nothing of its answer', async (_, script, problem) => {
  await using folder = await openTempFolder();
  await installHelper(folder, 'tsbuild-broken', script);
  await writeJson(folder.file('.docker', 'config.json'), { credsStore: 'tsbuild-broken' });

  const error = await ask({ HOME: folder.path }, 'a.test').catch((failure: unknown) => failure);

  expect(error).toMatchObject({
    code: 'ERR_TSBUILD_REGISTRY_DENIED',
    message: `credential helper docker-credential-tsbuild-broken failed: ${problem}`,
  });
  expect(inspect(error)).not.toContain('secret-word');
});

test('a helper is never a path', async () => {
  await using folder = await openTempFolder();
  await writeJson(folder.file('.docker', 'config.json'), { credsStore: '/../../tmp/evil' });

  await expect(ask({ HOME: folder.path }, 'a.test')).rejects.toThrow(/not one of a program/);
});
