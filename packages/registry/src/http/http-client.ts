import type { HttpRequest, HttpResponse } from './message.ts';
import { sendFollowing } from './redirect.ts';
import { createTransport } from './transport.ts';

/** How a server that is no registry is reached. */
export interface HttpClientOptions {
  /** What is spoken to, as errors call it: `cache server`. */
  readonly party: string;
  /** Where proxies are named. @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Speaks HTTP with servers that are no registries, by the same means. Idle connections close themselves. */
export interface HttpClient {
  /**
   * Sends one request. Proxies of the environment are used, authorities of the system trusted. Reads are led on, within
   * bounds: never from https to http, nor to addresses of this machine; other hosts see no headers but those of the content.
   * @throws {RegistryError} when there is no answer
   */
  send(request: Omit<HttpRequest, 'party'>): Promise<HttpResponse>;
}

const CONNECTIONS = 8;
const TIMEOUTS = { connect: 15_000, headers: 60_000, bodyIdle: 60_000 };

/** Loads and connects nothing before the first request. */
export function createHttpClient({ party, env = process.env }: HttpClientOptions): HttpClient {
  const transport = createTransport({
    connections: CONNECTIONS,
    timeouts: TIMEOUTS,
    userAgent: 'tsbuild',
    env,
    hostOptions: () => undefined,
  });
  return { send: (request) => sendFollowing(transport, { ...request, party }) };
}
