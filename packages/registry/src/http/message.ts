import type { ByteStream } from '@tsbuild/core';

/** What may be asked of a server. */
export type HttpMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One request, with what it sends. */
export interface HttpRequest {
  readonly method: HttpMethod;
  readonly url: URL;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** A stream can be sent once only; bytes as often as needed. */
  readonly body?: Uint8Array | ByteStream | undefined;
  /** A read whose answer has so many bytes that how they are read counts for more than one more connection. */
  readonly isLarge?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** What is spoken to, as errors call it. @default 'registry' */
  readonly party?: string;
}

/** What a server answered; its body is read by whoever asked. */
export interface HttpResponse {
  /** Where the answer came from, after redirects. */
  readonly url: URL;
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Failures while it is read are registry errors, temporary ones where asking again may help. */
  readonly body: ByteStream;
  /** Frees the connection without reading the body. */
  discard(): Promise<void>;
}

/** Bodies that nobody reads are drained up to this size; beyond it the connection is given up. */
export const DRAIN_LIMIT = 64 * 1024;

/** True for a body that can be sent once only. */
export function isStream(body: HttpRequest['body']): body is ByteStream {
  return body !== undefined && !(body instanceof Uint8Array);
}

/** The first value of a header. */
export function headerOf(response: Pick<HttpResponse, 'headers'>, name: string): string | undefined {
  const value = response.headers[name];
  return typeof value === 'object' ? value[0] : value;
}

/** Every value of a header. */
export function headersOf(response: Pick<HttpResponse, 'headers'>, name: string): readonly string[] {
  const value = response.headers[name] ?? [];
  return typeof value === 'string' ? [value] : value;
}

/** The declared length of the body, undefined when there is none or it is not a length. */
export function contentLengthOf(response: Pick<HttpResponse, 'headers'>): number | undefined {
  const text = headerOf(response, 'content-length');
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
