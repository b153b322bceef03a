import type { ByteStream } from '@tsbuild/core';
import { connectionError } from './connection-error.ts';
import { download } from './download.ts';
import { type HttpRequest, type HttpResponse, isStream } from './message.ts';
import type { RouteKind } from './route.ts';
import { createSenders, type SenderSettings } from './senders.ts';
import { isUntrusted } from './trust.ts';

export interface TransportSettings extends SenderSettings {
  readonly userAgent: string;
}

/** One request, one answer: no redirects, no retries, no credentials of its own. */
export interface Transport extends AsyncDisposable {
  /** `isGuarded` refuses names that turn out to be addresses of this machine or its link. */
  send(request: HttpRequest, isGuarded?: boolean): Promise<HttpResponse>;
}

/** Opens connections at the first request. */
export function createTransport(settings: TransportSettings): Transport {
  const senders = createSenders(settings);
  /** Hosts whose certificate only the system's authorities vouch for. */
  const needSystemTrust = new Set<string>();

  const downloadDirectly = async (request: HttpRequest, kind: RouteKind): Promise<HttpResponse | undefined> => {
    const route = await senders.route(request.url, kind);
    return route.proxies === undefined ? download(route, settings.timeouts, request) : undefined;
  };
  const sendOnce = async (
    request: HttpRequest,
    isGuarded: boolean,
    withSystemTrust: boolean,
  ): Promise<HttpResponse> => {
    const kind = { isGuarded, withSystemTrust };
    const named = { ...request, headers: { 'user-agent': settings.userAgent, ...request.headers } };
    const large = request.isLarge === true ? await downloadDirectly(named, kind) : undefined;
    const answer = large ?? (await (await senders.get(request.url, kind)).send(named));
    return { ...answer, body: withConnectionErrors(answer.body, request) };
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
    [Symbol.asyncDispose]: () => senders[Symbol.asyncDispose](),
  };
}

async function* withConnectionErrors(body: ByteStream, request: HttpRequest): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw connectionError(error, request);
  }
}
