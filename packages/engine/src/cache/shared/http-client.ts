import { type ByteStream, redactCredentials, TsbuildError, UsageError } from '@tsbuild/core';
import type { HttpClient, HttpResponse } from '@tsbuild/registry';

/** A cache server as one speaks to it; paths are relative to its URL. */
export interface HttpCacheClient {
  /** The body of what is there, or undefined. */
  get(path: string, signal: AbortSignal | undefined): Promise<ByteStream | undefined>;
  exists(path: string, signal: AbortSignal | undefined): Promise<boolean>;
  put(path: string, size: number, content: ByteStream, signal: AbortSignal | undefined): Promise<void>;
}

export interface HttpCacheOptions {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Reads are led on to where the server points; what is written is not.
 * @throws {UsageError} when the URL is none of http or https
 */
export function createHttpClient({ url, headers = {} }: HttpCacheOptions): HttpCacheClient {
  const base = parseBase(url);
  const always = headersOf(base, headers);
  let opened: Promise<HttpClient> | undefined;

  async function send(
    method: 'GET' | 'HEAD' | 'PUT',
    path: string,
    signal: AbortSignal | undefined,
    body?: { readonly size: number; readonly content: ByteStream },
  ): Promise<HttpResponse> {
    opened ??= import('@tsbuild/registry').then((module) => module.createHttpClient({ party: 'cache server' }));
    const target = new URL(path, base);
    target.username = '';
    target.password = '';
    const length = body === undefined ? {} : { 'content-length': String(body.size) };
    const request = { method, url: target, headers: { ...always, ...length }, body: body?.content, signal };
    return (await opened).send(request);
  }

  return {
    async get(path, signal) {
      const answer = await send('GET', path, signal);
      if (answer.status === 200) return answer.body;
      await answer.discard();
      if (answer.status === 404) return undefined;
      throw failed(base, `it answered ${answer.status} to GET ${path}`);
    },
    async exists(path, signal) {
      const answer = await send('HEAD', path, signal);
      await answer.discard();
      return answer.status === 200;
    },
    async put(path, size, content, signal) {
      const answer = await send('PUT', path, signal, { size, content });
      await answer.discard();
      if (answer.status < 200 || answer.status > 299) throw failed(base, `it answered ${answer.status} to PUT ${path}`);
    },
  };
}

function parseBase(url: string): URL {
  const base = URL.canParse(url) ? new URL(url.endsWith('/') ? url : `${url}/`) : undefined;
  if (base?.protocol === 'http:' || base?.protocol === 'https:') return base;
  throw new UsageError(`${JSON.stringify(redactCredentials(url))} is no URL of a cache server`, {
    hint: 'expected http://HOST[:PORT][/PATH] or https://…',
  });
}

/** Names in lower case. A user and password of the URL become a header. */
function headersOf({ username, password }: URL, headers: Readonly<Record<string, string>>): Record<string, string> {
  const own = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  if (username === '') return Object.fromEntries(own);
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}`, ...Object.fromEntries(own) };
}

function failed({ host }: URL, reason: string): TsbuildError {
  return new TsbuildError('ERR_TSBUILD_CACHE', `the cache server ${host} failed: ${reason}`);
}
