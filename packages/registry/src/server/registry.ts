import { once } from 'node:events';
import { createServer } from 'node:http';
import type { RegistryServerOptions, TestRegistry } from './options.ts';

/** Starts a registry in this process, for tests. */
export async function startRegistry(options: RegistryServerOptions = {}): Promise<TestRegistry> {
  const server = createServer();
  server.listen(options.port ?? 0, options.host ?? '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
  };
  const host = `${options.host ?? '127.0.0.1'}:${port}`;
  return { host, url: `http://${host}`, requests: [], close, [Symbol.asyncDispose]: close };
}
