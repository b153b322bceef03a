import { type ByteStream, RegistryError } from '@tsbuild/core';
import type { Authorizer } from './auth/authorizer.ts';
import type { RegistryAction } from './credentials/credentials.ts';
import type { Endpoint } from './endpoint.ts';
import { type HttpMethod, type HttpRequest, type HttpResponse, isStream } from './http/message.ts';
import { redactUrl } from './http/redact-url.ts';
import { sendFollowing } from './http/redirect.ts';
import { responseError } from './http/response-error.ts';
import { type RetrySettings, withRetries } from './http/retry.ts';
import type { Transport } from './http/transport.ts';

export interface SessionRequest {
  readonly method: HttpMethod;
  /** Below `/v2/<repository>/`, or a whole URL that the registry named. */
  readonly target: string | URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | ByteStream | undefined;
  /** The answer is expected to have megabytes. */
  readonly isLarge?: boolean;
  readonly actions: readonly RegistryAction[];
  /** Repository that a mount reads besides. */
  readonly alsoPull?: string | undefined;
  /** What is asked for, as the user would call it. */
  readonly what: string;
  /** Statuses that are answers; any other is an error. */
  readonly expect: readonly number[];
  readonly signal?: AbortSignal | undefined;
}

/** Requests about one repository of one registry, with credentials, retries and errors that say what happened. */
export interface Session {
  readonly endpoint: Endpoint;
  readonly repository: string;
  readonly retry: RetrySettings;
  /** @throws {RegistryError} @throws {NotFoundError} for a 404 that is not expected */
  request(request: SessionRequest): Promise<HttpResponse>;
}

export interface SessionParts {
  readonly endpoint: Endpoint;
  readonly repository: string;
  readonly retry: RetrySettings;
  readonly transport: Transport;
  readonly authorizer: Authorizer;
}

export function createSession({ endpoint, repository, retry, transport, authorizer }: SessionParts): Session {
  const base = new URL(`${repository}/`, endpoint.base);

  const sendAs = (request: HttpRequest, authorization: string | undefined): Promise<HttpResponse> => {
    const isOwn = authorization !== undefined && request.url.origin === base.origin;
    const headers = isOwn ? { ...request.headers, authorization } : { ...request.headers };
    return sendFollowing(transport, { ...request, headers }, base);
  };
  const sendAuthorized = async (request: HttpRequest, wanted: SessionRequest): Promise<HttpResponse> => {
    const need = { repository, actions: wanted.actions, alsoPull: wanted.alsoPull, signal: wanted.signal };
    const authorization = await authorizer.authorize(need);
    const response = await sendAs(request, authorization);
    if (response.status !== 401 || response.url.origin !== base.origin) return response;
    const better = await authorizer.answer(need, response, authorization);
    if (better === undefined) return response;
    await response.discard();
    if (isStream(request.body)) throw accessRanOut(request);
    return sendAs(request, better);
  };
  return {
    endpoint,
    repository,
    retry,
    async request(wanted) {
      const { method, target, headers = {}, body, isLarge, signal, expect, what } = wanted;
      const url = typeof target === 'string' ? new URL(target, base) : target;
      const request = { method, url, headers, body, isLarge, signal };
      const attempts = isStream(body) ? 1 : retry.attempts;
      const response = await withRetries({ ...retry, attempts }, signal, () => sendAuthorized(request, wanted));
      if (expect.includes(response.status)) return response;
      throw await responseError(response, { method, what, registry: endpoint.registry, redact: authorizer.redact });
    },
  };
}

/** The stream is spent, but whoever can make it again may succeed with the new token. */
function accessRanOut({ method, url }: HttpRequest): RegistryError {
  return new RegistryError('ERR_TSBUILD_REGISTRY_DENIED', `access to registry ${url.host} ran out during the upload`, {
    method,
    url: redactUrl(url),
    status: 401,
    isTemporary: true,
  });
}
