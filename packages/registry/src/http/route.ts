import { isIP } from 'node:net';
import type { SecureContext } from 'node:tls';
import type { HostOptions } from '../options.ts';
import { addressClassOf } from './address-class.ts';
import { readCertificateFolder } from './certificate-folder.ts';
import { guardedLookup } from './guarded-lookup.ts';
import { readSystemAuthorities, trustOf } from './trust.ts';

export interface RouteSettings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Options of the host of a URL, `name:port` as it stands there. */
  readonly hostOptions: (host: string) => HostOptions | undefined;
}

/** How a connection is made, besides the options of its host. */
export interface RouteKind {
  /** Names that turn out to be addresses of this machine or its link are refused. */
  readonly isGuarded: boolean;
  /** The system's authorities are trusted besides Node's. */
  readonly withSystemTrust: boolean;
}

export interface TlsOptions {
  readonly rejectUnauthorized?: false;
  readonly secureContext?: SecureContext;
}

export interface ProxyOptions {
  readonly httpProxy: string;
  readonly httpsProxy: string;
  readonly noProxy: string;
}

/** The way to one host. */
export interface Route {
  readonly tls: TlsOptions;
  readonly lookup: { readonly lookup?: typeof guardedLookup };
  /** Proxies that may stand between; undefined when none does. */
  readonly proxies: ProxyOptions | undefined;
}

/** Reads the certificates that the way to `url` needs. */
export async function findRoute({ env, hostOptions }: RouteSettings, url: URL, kind: RouteKind): Promise<Route> {
  const fromFolder = url.protocol === 'https:' ? await readCertificateFolder(url.host) : {};
  const host = { ...fromFolder, ...hostOptions(url.host) };
  const authorities = kind.withSystemTrust ? await readSystemAuthorities(env) : undefined;
  return {
    tls: tlsOptions(host, trustOf(host, authorities)),
    lookup: kind.isGuarded ? { lookup: guardedLookup } : {},
    proxies: addressClassOf(url.hostname) === 'loopback' ? undefined : proxiesOf(env),
  };
}

/** The name that a server shows its certificate for: addresses have none. */
export function serverName(host: string): string {
  return isIP(host) === 0 ? host : '';
}

function tlsOptions({ insecure = false }: HostOptions, secureContext: SecureContext | undefined): TlsOptions {
  return {
    ...(insecure ? { rejectUnauthorized: false } : {}),
    ...(secureContext === undefined ? {} : { secureContext }),
  };
}

function proxiesOf(env: RouteSettings['env']): ProxyOptions | undefined {
  const httpProxy = env.http_proxy ?? env.HTTP_PROXY ?? '';
  const httpsProxy = env.https_proxy ?? env.HTTPS_PROXY ?? '';
  if (httpProxy === '' && httpsProxy === '') return undefined;
  return { httpProxy, httpsProxy, noProxy: env.no_proxy ?? env.NO_PROXY ?? '' };
}
