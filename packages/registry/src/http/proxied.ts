import { Readable } from 'node:stream';
import { type Dispatcher, EnvHttpProxyAgent } from 'undici';
import { DRAIN_LIMIT, type HttpRequest, type HttpResponse, isStream } from './message.ts';
import type { ProxyOptions, Route } from './route.ts';
import type { Sender, SenderSettings } from './senders.ts';

/** Sends by undici, which knows proxies; loading it takes longer than most of what is asked. */
export function openProxied(
  { tls, lookup, proxies }: Route & { readonly proxies: ProxyOptions },
  { connections, timeouts }: SenderSettings,
): Sender {
  const dispatcher = new EnvHttpProxyAgent({
    connections,
    headersTimeout: timeouts.headers,
    bodyTimeout: timeouts.bodyIdle,
    connect: { timeout: timeouts.connect, ...tls, ...lookup },
    ...proxies,
    requestTls: tls,
  });
  return { send: (request) => dispatch(dispatcher, request), destroy: () => dispatcher.destroy() };
}

async function dispatch(dispatcher: Dispatcher, request: HttpRequest): Promise<HttpResponse> {
  const { method, url, headers, body, signal } = request;
  const answer = await dispatcher.request({
    method,
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    headers: { ...headers },
    body: isStream(body) ? Readable.from(body, { objectMode: false }) : (body ?? null),
    reset: false, // undici would close the connection after every HEAD
    ...(signal === undefined ? {} : { signal }),
  });
  answer.body.on('error', () => undefined); // a cut while nobody reads is told when somebody does
  return {
    url,
    status: answer.statusCode,
    headers: answer.headers,
    body: answer.body,
    discard: () => answer.body.dump({ limit: DRAIN_LIMIT }).catch(() => undefined),
  };
}
