import { createServer, request as sendRequest } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface CountedRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** What the server answered. */
  readonly status: number;
}

/** Stands before a server that speaks plain HTTP, and counts. */
export interface CountingProxy extends AsyncDisposable {
  /** `127.0.0.1:port`, where the server is reached through it. */
  readonly host: string;
  /** In the order of their answers. */
  readonly requests: CountedRequest[];
}

/** `upstream` is the server's `host:port`; it takes the proxy's address for its own. */
export async function startCountingProxy(upstream: string): Promise<CountingProxy> {
  const requests: CountedRequest[] = [];
  const server = createServer((request, response) => {
    const { method = '', url: path = '', headers } = request;
    const onward = sendRequest(`http://${upstream}${path}`, { method, headers }, (answer) => {
      const { statusCode: status = 0 } = answer;
      requests.push({ method, path, status });
      response.writeHead(status, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    host: `127.0.0.1:${port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
