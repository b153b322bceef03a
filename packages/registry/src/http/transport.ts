import { Readable } from 'node:stream';
import { createSecureContext, rootCertificates } from 'node:tls';
import type { Dispatcher } from 'undici';
import type { HostOptions, RegistryTimeouts } from '../options.ts';
import { addressClassOf } from './address-class.ts';
import { connectionError } from './connection-error.ts';
import { guardedLookup } from './guarded-lookup.ts';
import type { HttpRequest, HttpResponse } from './message.ts';

/** Bodies that nobody reads are drained up to this size; beyond it the connection is given up. */
const DRAIN_LIMIT = 64 * 1024;

export interface TransportSettings {
  readonly connections: number;
  readonly timeouts: Required<RegistryTimeouts>;
  readonly userAgent: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Options of the host of a URL, `name:port` as it stands there. */
  readonly hostOptions: (host: string) => HostOptions | undefined;
}

/** One request, one answer: no redirects, no retries, no credentials of its own. */
export interface Transport extends AsyncDisposable {
  /** `isGuarded` refuses names that turn out to be addresses of this machine or its link. */
  send(request: HttpRequest, isGuarded?: boolean): Promise<HttpResponse>;
}

/** Loads undici and opens connections at the first request. */
export function createTransport(settings: TransportSettings): Transport {
  const dispatchers = new Map<string, Promise<Dispatcher>>();

  const dispatcherFor = (url: URL, isGuarded: boolean): Promise<Dispatcher> => {
    const host = settings.hostOptions(url.host);
    const isLoopback = addressClassOf(url.hostname) === 'loopback';
    const key = [isGuarded, isLoopback, host === undefined ? '' : url.host].join();
    const known = dispatchers.get(key) ?? createDispatcher(settings, host ?? {}, isGuarded, isLoopback);
    dispatchers.set(key, known);
    return known;
  };
  return {
    async send(request, isGuarded = false) {
      request.signal?.throwIfAborted();
      const dispatcher = await dispatcherFor(request.url, isGuarded);
      return sendOnce(dispatcher, request, settings.userAgent);
    },
    async [Symbol.asyncDispose]() {
      const opened = [...dispatchers.values()];
      dispatchers.clear();
      await Promise.all(opened.map(async (dispatcher) => (await dispatcher).destroy()));
    },
  };
}

async function createDispatcher(
  { connections, timeouts, env }: TransportSettings,
  host: HostOptions,
  isGuarded: boolean,
  isLoopback: boolean,
): Promise<Dispatcher> {
  const { Agent, EnvHttpProxyAgent } = await import('undici'); // not needed by builds that touch no registry
  const tls = tlsOptions(host);
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

function tlsOptions({ insecure = false, ca, cert, key }: HostOptions) {
  const trust = ca === undefined ? {} : { ca: [...rootCertificates, ...(typeof ca === 'string' ? [ca] : ca)] };
  const identity = cert === undefined || key === undefined ? {} : { cert, key };
  const options = { ...trust, ...identity };
  return {
    ...(insecure ? { rejectUnauthorized: false } : {}),
    // Made once: reading the roots takes 40 ms, too long for every connection.
    ...(Object.keys(options).length === 0 ? {} : { secureContext: createSecureContext(options) }),
  };
}

async function sendOnce(dispatcher: Dispatcher, request: HttpRequest, userAgent: string): Promise<HttpResponse> {
  const { method, url, headers, body, signal } = request;
  try {
    const answer = await dispatcher.request({
      method,
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      headers: { 'user-agent': userAgent, ...headers },
      body: toBody(body),
      reset: false, // undici would close the connection after every HEAD
      ...(signal === undefined ? {} : { signal }),
    });
    answer.body.on('error', () => undefined); // a cut while nobody reads is told when somebody does
    return {
      url,
      status: answer.statusCode,
      headers: answer.headers,
      body: withConnectionErrors(answer.body, request),
      discard: () => answer.body.dump({ limit: DRAIN_LIMIT }).catch(() => undefined),
    };
  } catch (error) {
    throw connectionError(error, request);
  }
}

function toBody(body: HttpRequest['body']): Uint8Array | Readable | null {
  if (body === undefined || body instanceof Uint8Array) return body ?? null;
  return Readable.from(body, { objectMode: false });
}

async function* withConnectionErrors(body: Readable, request: HttpRequest): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw connectionError(error, request);
  }
}
