import { RegistryError } from '@tsbuild/core';
import { addressClassOf } from './address-class.ts';
import { type HttpRequest, type HttpResponse, headerOf } from './message.ts';
import { redactUrl } from './redact-url.ts';
import type { Transport } from './transport.ts';

const MAX_REDIRECTS = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Sends a request and follows where the answer points, for reads alone. Credentials stay with their host. */
export async function sendFollowing(
  transport: Transport,
  request: HttpRequest,
  namedBy: URL = request.url,
): Promise<HttpResponse> {
  let current = request;
  for (let hop = 0; ; hop++) {
    const response = await transport.send(current, isGuarded(namedBy, current.url));
    const location = locationOf(current, response);
    if (location === undefined) return response;
    await response.discard();
    if (hop === MAX_REDIRECTS) throw refused(current, `it redirects more than ${MAX_REDIRECTS} times`);
    current = redirected(current, location);
    namedBy = request.url;
  }
}

/**
 * The URL that a remote party named, checked: no step down from TLS, and no way from elsewhere to addresses of this
 * machine or its link.
 * @throws {RegistryError}
 */
export function followUrl(request: HttpRequest, location: string): URL {
  const from = request.url;
  const to = parseUrl(location, from);
  if (to === undefined || (to.protocol !== 'https:' && to.protocol !== 'http:')) {
    throw refused(request, 'it points to something that is not an HTTP address');
  }
  if (from.protocol === 'https:' && to.protocol === 'http:') {
    throw refused(request, `it points from https to plain http: ${redactUrl(to)}`);
  }
  const target = addressClassOf(to.hostname);
  if (target !== 'other' && target !== addressClassOf(from.hostname)) {
    throw refused(request, `it points to a ${target} address: ${redactUrl(to)}`);
  }
  to.username = '';
  to.password = '';
  to.hash = '';
  return to;
}

/** Names of this machine's or its link's addresses are refused where another host gave the URL. */
export function isGuarded(namedBy: URL, url: URL): boolean {
  return namedBy.hostname !== url.hostname && addressClassOf(namedBy.hostname) === 'other';
}

/** Headers that say what is wanted, and nothing of who wants it. */
const IMPERSONAL: ReadonlySet<string> = new Set(['accept', 'range', 'if-range']);

/** Headers fit to go to `to`: credentials, whatever their names, are for one host and port only. */
export function headersFor(to: URL, from: URL, headers: HttpRequest['headers'] = {}): Readonly<Record<string, string>> {
  if (to.origin === from.origin) return headers;
  return Object.fromEntries(Object.entries(headers).filter(([name]) => IMPERSONAL.has(name)));
}

function locationOf({ method }: HttpRequest, response: HttpResponse): string | undefined {
  const isRead = method === 'GET' || method === 'HEAD';
  return isRead && REDIRECTS.has(response.status) ? headerOf(response, 'location') : undefined;
}

function redirected(request: HttpRequest, location: string): HttpRequest {
  const url = followUrl(request, location);
  return { ...request, url, headers: headersFor(url, request.url, request.headers) };
}

function parseUrl(text: string, base: URL): URL | undefined {
  return URL.canParse(text, base.href) ? new URL(text, base) : undefined;
}

function refused({ method, url, party = 'registry' }: HttpRequest, problem: string): RegistryError {
  return new RegistryError('ERR_TSBUILD_REGISTRY', `${party} ${url.host} is not followed: ${problem}`, {
    method,
    url: redactUrl(url),
    hint: `this looks like a misconfigured or hostile ${party}`,
  });
}
