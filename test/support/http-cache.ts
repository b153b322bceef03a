import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server of Bazel's HTTP cache protocol, as strict as bazel-remote: content must have the digest that names it. */
export interface HttpCache extends AsyncDisposable {
  readonly url: string;
  /** Every request, as `PUT /cas/…`. */
  readonly requests: string[];
  /** Bytes by path. */
  readonly entries: Map<string, Buffer>;
  /** Set to answer nothing any more. */
  isStalled: boolean;
}

export interface HttpCacheOptions {
  /** Value of the `authorization` header that every request needs. */
  readonly authorization?: string;
}

export async function startHttpCache({ authorization }: HttpCacheOptions = {}): Promise<HttpCache> {
  const entries = new Map<string, Buffer>();
  const requests: string[] = [];
  const server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request;
    requests.push(`${method} ${url}`);
    if (cache.isStalled) return;
    const status = (code: number) => response.writeHead(code).end();
    const chunks: Buffer[] = [];
    for await (const bytes of request) chunks.push(bytes);
    if (authorization !== undefined && headers.authorization !== authorization) return status(401);
    const [, kind, hash = ''] = /^\/(ac|cas)\/([0-9a-f]{64})$/.exec(url) ?? [];
    if (kind === undefined) return status(400);
    const known = entries.get(url);
    if (method !== 'PUT') {
      if (known === undefined) return status(404);
      response.writeHead(200, { 'content-length': known.length });
      return response.end(method === 'HEAD' ? undefined : known);
    }
    const body = Buffer.concat(chunks);
    if (headers['content-length'] !== String(body.length)) return status(400);
    if (kind === 'cas' && createHash('sha256').update(body).digest('hex') !== hash) return status(400);
    entries.set(url, body);
    return status(200);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const cache: HttpCache = {
    url: `http://127.0.0.1:${port}`,
    requests,
    entries,
    isStalled: false,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return cache;
}
