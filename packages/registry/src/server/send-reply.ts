import type { ServerResponse } from 'node:http';
import type { Reply } from './message.ts';

/** Writes an answer out. Resolves when it has been handed to the connection, or the connection is gone. */
export async function sendReply(response: ServerResponse, { status, headers = {}, body }: Reply): Promise<void> {
  response.setHeader('docker-distribution-api-version', 'registry/2.0');
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.writeHead(status);
  if (body === undefined || body instanceof Uint8Array || response.req.method === 'HEAD') {
    response.end(body instanceof Uint8Array ? body : undefined);
    return;
  }
  response.flushHeaders();
  for await (const bytes of body) {
    if (response.destroyed) return;
    if (!response.write(bytes)) await drainOrClose(response);
  }
  response.end();
}

function drainOrClose(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });
}
