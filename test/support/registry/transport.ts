import { once } from 'node:events';
import type { Server } from 'node:net';
import { createTransport, type Transport } from '../../../packages/registry/src/http/transport.ts';
import type { HostOptions } from '../../../packages/registry/src/options.ts';

const TIMEOUTS = { connect: 5000, headers: 5000, bodyIdle: 5000 };

/** A place of `server`, on loopback. */
export async function listening(server: Server, scheme = 'http'): Promise<AsyncDisposable & { readonly url: URL }> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: new URL(`${scheme}://127.0.0.1:${port}/blob?x=1`),
    async [Symbol.asyncDispose]() {
      server.close();
    },
  };
}

/** Speaks to any host without a proxy. */
export function openTransport(host: HostOptions = {}, timeouts: Partial<typeof TIMEOUTS> = {}): Transport {
  return createTransport({
    connections: 2,
    timeouts: { ...TIMEOUTS, ...timeouts },
    userAgent: 'tests',
    env: {},
    hostOptions: () => host,
  });
}
