import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { type ByteStream, redactCredentials, TsbuildError, UsageError } from '@tsbuild/core';

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

/** A server that takes nothing and says nothing for this long, while something is sent, is given up. */
const IDLE_MS = 60_000;

/** @throws {UsageError} when the URL is none of http or https */
export function createHttpClient({ url, headers = {} }: HttpCacheOptions): HttpCacheClient {
  const base = parseBase(url);
  const options = requestOptions(base, headers);

  async function send(
    method: string,
    path: string,
    signal: AbortSignal | undefined,
    body?: { readonly size: number; readonly content: ByteStream },
  ): Promise<IncomingMessage> {
    const { request } = base.protocol === 'https:' ? await import('node:https') : await import('node:http');
    signal?.throwIfAborted();
    const extra = body === undefined ? {} : { 'content-length': String(body.size) };
    const sent = request(new URL(path, base), {
      ...options,
      method,
      headers: { ...options.headers, ...extra },
      timeout: IDLE_MS,
    });
    endWith(signal, sent);
    sent.on('timeout', () => sent.destroy(failed(base, `no answer to ${method} within ${IDLE_MS / 1000} s`)));
    const answer = new Promise<IncomingMessage>((resolve, reject) => sent.on('response', resolve).on('error', reject));
    // Who reads the body is told of its errors; one that comes when nobody reads any more is nobody's.
    answer.then((message) => message.on('error', () => undefined)).catch(() => undefined);
    if (body === undefined) sent.end();
    // A server may answer before it has read everything: what it says counts.
    else await Promise.race([pipeline(body.content, sent), answer]);
    return answer;
  }

  return {
    async get(path, signal) {
      const answer = await send('GET', path, signal);
      if (answer.statusCode === 200) return answer;
      answer.resume();
      if (answer.statusCode === 404) return undefined;
      throw failed(base, `it answered ${answer.statusCode} to GET ${path}`);
    },
    async exists(path, signal) {
      const answer = await send('HEAD', path, signal);
      answer.resume();
      return answer.statusCode === 200;
    },
    async put(path, size, content, signal) {
      const answer = await send('PUT', path, signal, { size, content });
      answer.resume();
      const { statusCode = 0 } = answer;
      if (statusCode < 200 || statusCode > 299) throw failed(base, `it answered ${statusCode} to PUT ${path}`);
    },
  };
}

/** Without an error of its own: node gives that to the connection, which for a moment after an answer has nobody to take it. */
function endWith(signal: AbortSignal | undefined, sent: ClientRequest): void {
  const end = () => sent.destroy();
  signal?.addEventListener('abort', end, { once: true });
  sent.on('close', () => signal?.removeEventListener('abort', end));
}

function parseBase(url: string): URL {
  const base = URL.canParse(url) ? new URL(url.endsWith('/') ? url : `${url}/`) : undefined;
  if (base?.protocol === 'http:' || base?.protocol === 'https:') return base;
  throw new UsageError(`${JSON.stringify(redactCredentials(url))} is no URL of a cache server`, {
    hint: 'expected http://HOST[:PORT][/PATH] or https://…',
  });
}

/** A user and password of the URL become a header. */
function requestOptions({ username, password }: URL, headers: Readonly<Record<string, string>>): RequestOptions {
  const auth = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { headers: { 'user-agent': 'tsbuild', ...headers }, ...(username === '' ? {} : { auth }) };
}

function failed({ host }: URL, reason: string): TsbuildError {
  return new TsbuildError('ERR_TSBUILD_CACHE', `the cache server ${host} failed: ${reason}`);
}
