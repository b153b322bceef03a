import type { SecureContext } from 'node:tls';
import type { Dispatcher } from 'undici';
import type { HostOptions, RegistryTimeouts } from '../options.ts';
import { addressClassOf } from './address-class.ts';
import { readCertificateFolder } from './certificate-folder.ts';
import { guardedLookup } from './guarded-lookup.ts';
import { readSystemAuthorities, trustOf } from './trust.ts';

export interface DispatcherSettings {
  readonly connections: number;
  readonly timeouts: Required<RegistryTimeouts>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Options of the host of a URL, `name:port` as it stands there. */
  readonly hostOptions: (host: string) => HostOptions | undefined;
}

/** How a connection is made, besides the options of its host. */
export interface DispatchKind {
  /** Names that turn out to be addresses of this machine or its link are refused. */
  readonly isGuarded: boolean;
  /** The system's authorities are trusted besides Node's. */
  readonly withSystemTrust: boolean;
}

/** Pools of connections, one for each way of making them. */
export interface Dispatchers extends AsyncDisposable {
  get(url: URL, kind: DispatchKind): Promise<Dispatcher>;
}

export function createDispatchers(settings: DispatcherSettings): Dispatchers {
  const opened = new Map<string, Promise<Dispatcher>>();
  return {
    get(url, kind) {
      const key = JSON.stringify([kind, url.origin]);
      const known = opened.get(key) ?? openDispatcher(settings, url, kind);
      opened.set(key, known);
      return known;
    },
    async [Symbol.asyncDispose]() {
      const all = [...opened.values()];
      opened.clear();
      await Promise.allSettled(all.map(async (dispatcher) => (await dispatcher).destroy()));
    },
  };
}

async function openDispatcher(
  { connections, timeouts, env, hostOptions }: DispatcherSettings,
  url: URL,
  { isGuarded, withSystemTrust }: DispatchKind,
): Promise<Dispatcher> {
  const fromFolder = url.protocol === 'https:' ? await readCertificateFolder(url.host) : {};
  const host = { ...fromFolder, ...hostOptions(url.host) };
  const isLoopback = addressClassOf(url.hostname) === 'loopback';
  const { Agent, EnvHttpProxyAgent } = await import('undici'); // not needed by builds that touch no registry
  const tls = tlsOptions(host, trustOf(host, withSystemTrust ? await readSystemAuthorities(env) : undefined));
  const options = {
    connections,
    headersTimeout: timeouts.headers,
    bodyTimeout: timeouts.bodyIdle,
    connect: { timeout: timeouts.connect, ...tls, ...(isGuarded ? { lookup: guardedLookup } : {}) },
  };
  const httpProxy = env.http_proxy ?? env.HTTP_PROXY ?? '';
  const httpsProxy = env.https_proxy ?? env.HTTPS_PROXY ?? '';
  if (isLoopback || (httpProxy === '' && httpsProxy === '')) return new Agent(options);
  const noProxy = env.no_proxy ?? env.NO_PROXY ?? '';
  return new EnvHttpProxyAgent({ ...options, httpProxy, httpsProxy, noProxy, requestTls: tls });
}

function tlsOptions({ insecure = false }: HostOptions, secureContext: SecureContext | undefined) {
  return {
    ...(insecure ? { rejectUnauthorized: false } : {}),
    ...(secureContext === undefined ? {} : { secureContext }),
  };
}
