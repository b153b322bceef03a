import { createServer, type RequestListener } from 'node:http';

/** A web server of the test's own on 127.0.0.1. */
export interface LoopbackServer extends AsyncDisposable {
  /** `127.0.0.1:port` */
  readonly host: string;
  /** An address on this server. */
  url(path: string): string;
}

/** Serves whatever `answer` does, until disposed: then open connections are cut. */
export async function startLoopbackServer(answer: RequestListener): Promise<LoopbackServer> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has an address and a port');
  const host = `127.0.0.1:${address.port}`;
  return {
    host,
    url: (path) => `http://${host}${path}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
