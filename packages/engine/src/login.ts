import { UsageError } from '@tsbuild/core';
import type { KeptCredential } from '@tsbuild/registry';
import type { BuilderOptions } from './options.ts';

/** User and password of a registry's account. */
export interface RegistryAccount {
  readonly username: string;
  readonly password: string;
}

/** The registry of a login, and where logins are kept. */
export interface LoginOptions extends Pick<BuilderOptions, 'registries'> {
  /** Host of the registry, or a URL of it. @default Docker Hub */
  readonly server?: string | undefined;
  /** Where `DOCKER_CONFIG` and `REGISTRY_AUTH_FILE` are looked up. @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
}

/** Where a credential went, and for whom. */
export interface LoginResult extends KeptCredential {
  readonly registry: string;
}

/**
 * Asks a registry whether it takes an account, and if so keeps it as `docker login` does, for Docker and podman as well.
 * @throws {RegistryError} ERR_TSBUILD_REGISTRY_DENIED when the registry does not take it
 */
export async function login(account: RegistryAccount, options: LoginOptions = {}): Promise<LoginResult> {
  const { createRegistryClient, keepCredential } = await import('@tsbuild/registry');
  const { env, signal, registries = {} } = options;
  const registry = registryOf(options.server);
  await using client = createRegistryClient({ credentials: () => account, hosts: registries, ...(env && { env }) });
  await client.check(registry, { signal });
  return { registry, ...(await keepCredential(registry, account, { env, signal })) };
}

/**
 * Asks a registry whether it takes what is kept for it already. False when nothing is kept.
 * @throws {RegistryError} ERR_TSBUILD_REGISTRY_DENIED
 */
export async function checkLogin(options: LoginOptions = {}): Promise<boolean> {
  const { createRegistryClient, systemCredentials } = await import('@tsbuild/registry');
  const { env, signal, registries = {} } = options;
  const registry = registryOf(options.server);
  const credential = await systemCredentials(env && { env })({ registry, actions: [], signal });
  if (credential === undefined) return false;
  await using client = createRegistryClient({ credentials: () => credential, hosts: registries, ...(env && { env }) });
  await client.check(registry, { signal });
  return true;
}

/** Forgets what is kept for a registry. @returns its name, and whether anything was kept */
export async function logout(
  options: Omit<LoginOptions, 'registries'> = {},
): Promise<{ readonly registry: string; readonly wasKept: boolean }> {
  const { removeCredential } = await import('@tsbuild/registry');
  const { env, signal } = options;
  const registry = registryOf(options.server);
  return { registry, wasKept: await removeCredential(registry, { env, signal }) };
}

/** `https://host/v2/` and `host` are the same, and Docker Hub has several names. @throws {UsageError} */
function registryOf(server: string | undefined): string {
  const host = (server ?? '').replace(/^https?:\/\//i, '').replace(/\/.*$/, '');
  if (host === '') return 'docker.io';
  if (!/^[a-z0-9.[\]:-]+$/i.test(host)) throw new UsageError(`${JSON.stringify(server)} is not a registry host`);
  return HUB_NAMES.has(host) ? 'docker.io' : host;
}

const HUB_NAMES = new Set(['index.docker.io', 'registry-1.docker.io', 'docker.io', 'hub.docker.com']);
