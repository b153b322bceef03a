import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '@tsbuild/core';
import { type DockerTls, readTlsFolder } from './docker-tls.ts';

/** Variables of the environment. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where a Docker Engine listens. */
export type DockerEndpoint =
  | { readonly address: string; readonly socketPath: string }
  | { readonly address: string; readonly host: string; readonly port: number; readonly tls?: DockerTls };

const DEFAULT_SOCKET = '/var/run/docker.sock';
const PLAIN_PORT = 2375;
const TLS_PORT = 2376;

/**
 * Where Docker's own client would look: DOCKER_HOST, with TLS as DOCKER_TLS_VERIFY, DOCKER_TLS and DOCKER_CERT_PATH say; the
 * context that DOCKER_CONTEXT or the configuration names, with its certificates; the usual socket. Undefined where there is
 * none.
 * @throws {UsageError} for an address that only Docker's client can reach, and for certificates that are not there
 */
export function dockerEndpoint(env: Environment): DockerEndpoint | undefined {
  const { DOCKER_HOST } = env;
  if (DOCKER_HOST) return endpointAt(DOCKER_HOST, () => tlsOfEnvironment(env));
  const context = dockerContext(env);
  if (context !== undefined) return endpointAt(context.address, context.tls);
  return existsSync(DEFAULT_SOCKET) ? endpointAt(`unix://${DEFAULT_SOCKET}`, () => undefined) : undefined;
}

function endpointAt(address: string, readTls: () => DockerTls | undefined): DockerEndpoint {
  const [, scheme = '', rest = ''] = /^([a-z]+):\/\/(.+)$/.exec(address) ?? [];
  if (scheme === 'unix') return { address, socketPath: rest };
  const url = (scheme === 'tcp' || scheme === 'http') && URL.canParse(`http://${rest}`) && new URL(`http://${rest}`);
  if (url === false) throw unreachable(address, scheme);
  const tls = scheme === 'tcp' ? readTls() : undefined;
  const port = Number(url.port || (tls === undefined ? PLAIN_PORT : TLS_PORT));
  return { address, host: url.hostname.replace(/^\[|\]$/g, ''), port, ...(tls === undefined ? {} : { tls }) };
}

function unreachable(address: string, scheme: string): UsageError {
  const [, host = ''] = /^ssh:\/\/([^/]*)/.exec(address) ?? [];
  return new UsageError(`Docker at ${address} cannot be reached: only unix:// and tcp:// are spoken`, {
    hint:
      scheme === 'ssh'
        ? `forward its socket: ssh -nNT -L /tmp/docker.sock:/var/run/docker.sock ${host.replace(/:(\d+)$/, ' -p $1')}, then DOCKER_HOST=unix:///tmp/docker.sock`
        : 'say where it is in DOCKER_HOST',
  });
}

function tlsOfEnvironment(env: Environment): DockerTls | undefined {
  const { DOCKER_TLS_VERIFY = '', DOCKER_TLS = '', DOCKER_CERT_PATH } = env;
  if (DOCKER_TLS_VERIFY === '' && DOCKER_TLS === '') return undefined;
  return readTlsFolder(DOCKER_CERT_PATH || configFolder(env), DOCKER_TLS_VERIFY !== '');
}

interface DockerContext {
  readonly address: string;
  readonly tls: () => DockerTls | undefined;
}

/** @see https://docs.docker.com/engine/manage-resources/contexts/ */
function dockerContext(env: Environment): DockerContext | undefined {
  const folder = configFolder(env);
  const name = env.DOCKER_CONTEXT || readJson(join(folder, 'config.json'))?.currentContext;
  if (typeof name !== 'string' || name === '' || name === 'default') return undefined;
  const id = createHash('sha256').update(name).digest('hex');
  const endpoints = readJson(join(folder, 'contexts/meta', id, 'meta.json'))?.Endpoints;
  const docker = isRecord(endpoints) && isRecord(endpoints.docker) ? endpoints.docker : {};
  if (typeof docker.Host !== 'string')
    throw new UsageError(`the Docker context ${JSON.stringify(name)} does not exist`, {
      hint: 'see docker context ls',
    });
  const certificates = join(folder, 'contexts/tls', id, 'docker');
  const hasTls = existsSync(certificates) || docker.SkipTLSVerify === true;
  const tls = () => (hasTls ? readTlsFolder(certificates, docker.SkipTLSVerify !== true) : undefined);
  return { address: docker.Host, tls };
}

function configFolder({ DOCKER_CONFIG }: Environment): string {
  return DOCKER_CONFIG || join(homedir(), '.docker');
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
