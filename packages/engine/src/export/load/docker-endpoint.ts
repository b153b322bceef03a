import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '@tsbuild/core';

/** Variables of the environment. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where a Docker Engine listens. */
export type DockerEndpoint =
  | { readonly address: string; readonly socketPath: string }
  | { readonly address: string; readonly host: string; readonly port: number };

const DEFAULT_SOCKET = '/var/run/docker.sock';

/**
 * Where Docker's own client would look: DOCKER_HOST, the context that DOCKER_CONTEXT or the configuration names, the
 * usual socket. Undefined where there is none.
 * @throws {UsageError} for an address that only Docker's client can reach
 */
export function dockerEndpoint(env: Environment): DockerEndpoint | undefined {
  const address = env.DOCKER_HOST || contextAddress(env);
  if (address) return parseAddress(address, env);
  const isThere = existsSync(DEFAULT_SOCKET);
  return isThere ? { address: `unix://${DEFAULT_SOCKET}`, socketPath: DEFAULT_SOCKET } : undefined;
}

function parseAddress(address: string, { DOCKER_TLS_VERIFY }: Environment): DockerEndpoint {
  const [, scheme = '', rest = ''] = /^([a-z]+):\/\/(.+)$/.exec(address) ?? [];
  if (scheme === 'unix') return { address, socketPath: rest };
  if (scheme === 'tcp' && !DOCKER_TLS_VERIFY) {
    const { hostname, port } = new URL(`http://${rest}`);
    return { address, host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 2375) };
  }
  throw new UsageError(`cannot load into Docker at ${address}: only unix:// and tcp:// without TLS are spoken`, {
    hint: 'write an archive with -o type=docker,dest=FILE and use docker load --input FILE',
  });
}

/** @see https://docs.docker.com/engine/manage-resources/contexts/ */
function contextAddress(env: Environment): string | undefined {
  const folder = env.DOCKER_CONFIG || join(homedir(), '.docker');
  const name = env.DOCKER_CONTEXT || readJson(join(folder, 'config.json'))?.currentContext;
  if (typeof name !== 'string' || name === '' || name === 'default') return undefined;
  const id = createHash('sha256').update(name).digest('hex');
  const endpoints = readJson(join(folder, 'contexts/meta', id, 'meta.json'))?.Endpoints;
  const host = isRecord(endpoints) && isRecord(endpoints.docker) ? endpoints.docker.Host : undefined;
  if (typeof host === 'string') return host;
  throw new UsageError(`the Docker context ${JSON.stringify(name)} does not exist`, { hint: 'see docker context ls' });
}

function readJson(path: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
