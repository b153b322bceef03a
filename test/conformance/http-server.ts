import { createServer } from 'node:http';
import { contentOf, type HttpAnswer } from './case.ts';

/** A web server that knows a few paths. */
export interface WebServer extends AsyncDisposable {
  /** `127.0.0.1:port` */
  readonly host: string;
}

/** Serves `answers` on loopback; anything else is 404. */
export async function startWebServer(answers: readonly HttpAnswer[]): Promise<WebServer> {
  const server = createServer((request, response) => {
    const answer =
      answers.find(({ path }) => path === request.url) ??
      answers.find(({ path }) => path === request.url?.split('?')[0]);
    response.writeHead(answer === undefined ? 404 : 200, answer?.headers);
    response.end(contentOf(answer ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has an address and a port');
  return {
    host: `127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
