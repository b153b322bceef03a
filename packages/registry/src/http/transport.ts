import { Readable } from 'node:stream';
import type { ByteStream } from '@tsbuild/core';
import type { Dispatcher } from 'undici';
import { connectionError } from './connection-error.ts';
import { createDispatchers, type DispatcherSettings } from './dispatchers.ts';
import { download } from './download.ts';
import { type HttpRequest, type HttpResponse, isStream } from './message.ts';
import type { RouteKind } from './route.ts';
import { isUntrusted } from './trust.ts';

/** Bodies that nobody reads are drained up to this size; beyond it the connection is given up. */
const DRAIN_LIMIT = 64 * 1024;

export interface TransportSettings extends DispatcherSettings {
  readonly userAgent: string;
}

/** One request, one answer: no redirects, no retries, no credentials of its own. */
export interface Transport extends AsyncDisposable {
  /** `isGuarded` refuses names that turn out to be addresses of this machine or its link. */
  send(request: HttpRequest, isGuarded?: boolean): Promise<HttpResponse>;
}

/** Loads undici and opens connections at the first request. */
export function createTransport(settings: TransportSettings): Transport {
  const dispatchers = createDispatchers(settings);
  /** Hosts whose certificate only the system's authorities vouch for. */
  const needSystemTrust = new Set<string>();

  const downloadDirectly = async (request: HttpRequest, kind: RouteKind): Promise<HttpResponse | undefined> => {
    const route = await dispatchers.route(request.url, kind);
    if (route.proxies !== undefined) return undefined;
    const answer = await download(route, settings.timeouts, request);
    return answer && { ...answer, body: withConnectionErrors(answer.body, request) };
  };
  const sendOnce = async (
    request: HttpRequest,
    isGuarded: boolean,
    withSystemTrust: boolean,
  ): Promise<HttpResponse> => {
    const kind = { isGuarded, withSystemTrust };
    const named = { ...request, headers: { 'user-agent': settings.userAgent, ...request.headers } };
    const answer = request.isLarge === true ? await downloadDirectly(named, kind) : undefined;
    return answer ?? dispatch(await dispatchers.get(request.url, kind), named);
  };
  return {
    async send(request, isGuarded = false) {
      request.signal?.throwIfAborted();
      const { host } = request.url;
      const withSystemTrust = needSystemTrust.has(host);
      try {
        return await sendOnce(request, isGuarded, withSystemTrust);
      } catch (error) {
        if (!isUntrusted(error) || withSystemTrust || isStream(request.body)) throw connectionError(error, request);
      }
      needSystemTrust.add(host);
      return sendOnce(request, isGuarded, true).catch((error) => {
        throw connectionError(error, request);
      });
    },
    [Symbol.asyncDispose]: () => dispatchers[Symbol.asyncDispose](),
  };
}

async function dispatch(dispatcher: Dispatcher, request: HttpRequest): Promise<HttpResponse> {
  const { method, url, headers, body, signal } = request;
  const answer = await dispatcher.request({
    method,
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    headers: { ...headers },
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
}

function toBody(body: HttpRequest['body']): Uint8Array | Readable | null {
  return isStream(body) ? Readable.from(body, { objectMode: false }) : (body ?? null);
}

async function* withConnectionErrors(body: ByteStream, request: HttpRequest): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw connectionError(error, request);
  }
}
