import { UsageError } from '@tsbuild/core';
import { addressClassOf } from './http/address-class.ts';
import type { HostOptions } from './options.ts';

/** Where a registry answers, and what it is called. */
export interface Endpoint {
  /** Host as it stands in image names and credentials. */
  readonly registry: string;
  /** Ends in `/v2/`. */
  readonly base: URL;
}

export type Hosts = Readonly<Record<string, HostOptions>>;

const DOCKER_HUB = 'docker.io';
const DOCKER_HUB_HOST = 'registry-1.docker.io';

/** The endpoint of the registry itself. */
export function endpointOf(registry: string, hosts: Hosts): Endpoint {
  const options = optionsOf(hosts, registry);
  const [host = '', ...path] = (registry === DOCKER_HUB ? DOCKER_HUB_HOST : registry).split('/');
  const text = `${speaksPlainHttp(host, options) ? 'http' : 'https'}://${[host, ...path].join('/')}/v2/`;
  if (host === '' || !URL.canParse(text)) throw new UsageError(`${JSON.stringify(registry)} is not a registry host`);
  return { registry: host === DOCKER_HUB_HOST ? DOCKER_HUB : host, base: new URL(text) };
}

/** The endpoints of its mirrors, in the order in which they are asked. */
export function mirrorsOf(registry: string, hosts: Hosts): readonly Endpoint[] {
  return (optionsOf(hosts, registry).mirrors ?? []).map((mirror) => endpointOf(mirror, hosts));
}

/** The options that hold for a host as it stands in a URL. */
export function hostOptionsOf(hosts: Hosts, host: string): HostOptions | undefined {
  return host === DOCKER_HUB_HOST ? (hosts[host] ?? hosts[DOCKER_HUB]) : hosts[host];
}

function optionsOf(hosts: Hosts, registry: string): HostOptions {
  return hosts[registry] ?? hosts[registry.split('/', 1).join()] ?? {};
}

/** Docker speaks plain HTTP to loopback; whoever sets up TLS there says so by the certificates they configure. */
function speaksPlainHttp(host: string, { plainHttp, ca, cert, insecure }: HostOptions): boolean {
  if (plainHttp !== undefined) return plainHttp;
  if (ca !== undefined || cert !== undefined || insecure === true) return false;
  return URL.canParse(`http://${host}`) && addressClassOf(new URL(`http://${host}`).hostname) === 'loopback';
}
