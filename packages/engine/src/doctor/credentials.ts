import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { systemErrorCode } from '@tsbuild/core';
import type { CredentialsReport } from './diagnosis.ts';

/** Looks into the files of Docker and podman for which registries there are logins. Reads no secret out of them. */
export async function findCredentials(
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly CredentialsReport[]> {
  const { DOCKER_CONFIG, REGISTRY_AUTH_FILE, XDG_RUNTIME_DIR } = env;
  const files = [
    REGISTRY_AUTH_FILE,
    join(DOCKER_CONFIG ?? join(homedir(), '.docker'), 'config.json'),
    ...(XDG_RUNTIME_DIR === undefined ? [] : [join(XDG_RUNTIME_DIR, 'containers/auth.json')]),
    join(homedir(), '.config/containers/auth.json'),
  ];
  const reports = await Promise.all([...new Set(files)].map((file) => (file ? describe(file) : undefined)));
  return reports.flatMap((report) => report ?? []);
}

async function describe(file: string): Promise<CredentialsReport | undefined> {
  try {
    const config: unknown = JSON.parse(await readFile(file, 'utf8'));
    const [auths, helpers] = [objectAt(config, 'auths'), objectAt(config, 'credHelpers')];
    const store = isObject(config) && typeof config.credsStore === 'string' ? [config.credsStore] : [];
    const names = [...store, ...Object.values(helpers).filter((name) => typeof name === 'string')];
    return {
      file,
      registries: [...new Set([...Object.keys(auths), ...Object.keys(helpers)])].sort(),
      helpers: [...new Set(names)].map((name) => `docker-credential-${name}`),
    };
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    return { file, registries: [], helpers: [], problem: code ?? 'it is no JSON' };
  }
}

function objectAt(value: unknown, key: string): Readonly<Record<string, unknown>> {
  const found = isObject(value) ? value[key] : undefined;
  return isObject(found) ? found : {};
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
