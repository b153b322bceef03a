import { redactCredentials, SolveError } from '@tsbuild/core';

const MAX_REDIRECTS = 10;

export interface RequestOptions {
  readonly headers: Readonly<Record<string, string>>;
  /** Value of the `authorization` header for a host, sent to no other. */
  readonly authorization: (host: string) => string | undefined;
  /** Asked before a redirect is followed; throws where it must not be. */
  readonly onRedirect?: ((to: URL) => Promise<void>) | undefined;
  readonly signal: AbortSignal;
}

/**
 * Asks for a URL, following redirects to http and https, never from https back to http. An answer of 304 is returned.
 * @throws {SolveError}
 */
export async function request(url: string, options: RequestOptions): Promise<Response> {
  let current = parseUrl(url);
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const response = await ask(current, url, options);
    const location = response.headers.get('location');
    if (response.ok || response.status === 304) return response;
    await response.body?.cancel();
    if (response.status < 300 || response.status >= 400 || location === null)
      throw downloadFailed(url, `the server answered ${response.status} ${response.statusText}`.trim());
    current = redirected(url, current, location);
    await options.onRedirect?.(current);
  }
  throw downloadFailed(url, 'too many redirects');
}

function parseUrl(url: string): URL {
  try {
    return new URL(url);
  } catch (cause) {
    throw downloadFailed(url, 'malformed URL', cause);
  }
}

/** A user and password in the URL become a header; `fetch` refuses them. */
async function ask(target: URL, url: string, { headers, authorization, signal }: RequestOptions): Promise<Response> {
  const bare = new URL(target);
  bare.username = '';
  bare.password = '';
  const auth = basicAuth(target) ?? authorization(target.host);
  const sent = { ...headers, ...(auth === undefined ? {} : { authorization: auth }) };
  try {
    return await fetch(bare.href, { redirect: 'manual', headers: sent, signal });
  } catch (cause) {
    signal.throwIfAborted();
    throw downloadFailed(url, 'the server cannot be reached', cause);
  }
}

function basicAuth({ username, password }: URL): string | undefined {
  if (username === '') return undefined;
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

function redirected(url: string, from: URL, location: string): URL {
  const next = URL.canParse(location, from.href) ? new URL(location, from.href) : undefined;
  if (next === undefined) throw downloadFailed(url, 'redirected to a malformed URL');
  if (next.protocol === 'https:' || (next.protocol === 'http:' && from.protocol === 'http:')) return next;
  throw downloadFailed(url, `redirected to ${next.protocol}//, which is not followed from ${from.protocol}//`);
}

export function downloadFailed(url: string, reason: string, cause?: unknown): SolveError {
  return new SolveError(
    'ERR_TSBUILD_SOURCE_NOT_FOUND',
    `cannot download ${redactCredentials(url)}: ${reason}`,
    cause === undefined ? {} : { cause },
  );
}
