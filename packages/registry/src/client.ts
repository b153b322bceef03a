import type { CallOptions, Reference } from '@tsbuild/core';
import { type Authorizer, createAuthorizer } from './auth/authorizer.ts';
import { systemCredentials } from './credentials/system.ts';
import { type Endpoint, endpointOf, hostOptionsOf, mirrorsOf } from './endpoint.ts';
import { sendFollowing } from './http/redirect.ts';
import { type RetrySettings, withRetries } from './http/retry.ts';
import { createTransport } from './http/transport.ts';
import type { RegistryClientOptions } from './options.ts';
import { openRepository } from './repository/open-repository.ts';
import type { RemoteRepository } from './repository/remote-repository.ts';
import { createSession, type Session } from './session.ts';

const DEFAULT_RETRY: RetrySettings = { attempts: 5, baseDelay: 250, maxDelay: 30_000 };
const DEFAULT_TIMEOUTS = { connect: 15_000, headers: 60_000, bodyIdle: 30_000 };
const DEFAULT_CONNECTIONS = 8;

/** Owns the connections to registries, and the tokens they gave; disposing it closes and forgets them. */
export interface RegistryClient extends AsyncDisposable {
  /** Opens no connection. */
  repository(reference: Reference): RemoteRepository;
  /**
   * Asks the registry whether it takes the client's credentials for it, as a login does. A registry that asks nobody
   * takes any.
   * @throws {RegistryError} ERR_TSBUILD_REGISTRY_DENIED when it does not take them
   */
  check(registry: string, options?: CallOptions): Promise<void>;
}

/**
 * A client of the distribution protocol. Nothing is loaded, read or connected before the first request.
 * @example
 * await using client = createRegistryClient();
 * const repository = client.repository(parseReference('alpine:3.22'));
 * const manifest = await repository.resolve('3.22');
 */
export function createRegistryClient(options: RegistryClientOptions = {}): RegistryClient {
  const { hosts = {}, env = process.env, uploadChunkBytes } = options;
  const credentials = options.credentials ?? systemCredentials({ env });
  const retry = { ...DEFAULT_RETRY, ...options.retry };
  const closing = new AbortController();
  const transport = createTransport({
    connections: options.connections ?? DEFAULT_CONNECTIONS,
    timeouts: { ...DEFAULT_TIMEOUTS, ...options.timeouts },
    userAgent: options.userAgent ?? 'tsbuild',
    env,
    hostOptions: (host) => hostOptionsOf(hosts, host),
  });
  const authorizers = new Map<string, Authorizer>();

  const authorizerFor = ({ registry, base }: Endpoint): Authorizer => {
    const known = authorizers.get(base.origin);
    if (known !== undefined) return known;
    const { signal } = closing;
    const authorizer = createAuthorizer({
      registry,
      credentials,
      closing: signal,
      send: (request, challenged) =>
        withRetries(retry, signal, () => sendFollowing(transport, { ...request, signal }, challenged)),
    });
    authorizers.set(base.origin, authorizer);
    return authorizer;
  };
  const sessionFor = (endpoint: Endpoint, repository: string): Session =>
    createSession({ endpoint, repository, retry, transport, authorizer: authorizerFor(endpoint) });

  return {
    repository(reference) {
      const { registry, repository } = reference;
      const mirrors = mirrorsOf(registry, hosts).map((mirror) => sessionFor(mirror, repository));
      const session = sessionFor(endpointOf(registry, hosts), repository);
      return openRepository({ reference, session, mirrors, uploadChunkBytes });
    },
    async check(registry, { signal } = {}) {
      const session = sessionFor(endpointOf(registry, hosts), '');
      const target = session.endpoint.base;
      const what = `login to ${registry}`;
      const response = await session.request({ method: 'GET', target, actions: [], what, expect: [200], signal });
      await response.discard();
    },
    async [Symbol.asyncDispose]() {
      closing.abort(new Error('the registry client was closed'));
      await transport[Symbol.asyncDispose]();
    },
  };
}
