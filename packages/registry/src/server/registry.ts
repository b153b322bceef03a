import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Access, createAccess } from './access.ts';
import { loadCatalog } from './catalog.ts';
import type { RegistryContext } from './context.ts';
import { CutConnection, faultyReply, faultyRequestBody } from './fault.ts';
import { createFolderStorage } from './folder-storage.ts';
import { createMemoryStorage } from './memory-storage.ts';
import { errorReply, type RegistryRequest, type Reply, SpecError } from './message.ts';
import type { Fault, RegistryServerOptions, RequestRecord, TestRegistry } from './options.ts';
import { route } from './routes.ts';
import { sendReply } from './send-reply.ts';

/**
 * Starts a registry in this process: distribution-spec 1.1, push and pull, for tests. It keeps what it is given in
 * memory or in a folder, logs every request, and fails on demand.
 * @example
 * await using registry = await startRegistry();
 * await build({ context: '.', outputs: [{ type: 'registry', name: `${registry.host}/app:dev` }] });
 */
export async function startRegistry(options: RegistryServerOptions = {}): Promise<TestRegistry> {
  const { host = '127.0.0.1', port = 0, tls } = options;
  const storage = options.storage === undefined ? createMemoryStorage() : await createFolderStorage(options.storage);
  const context: RegistryContext = {
    storage,
    catalog: await loadCatalog(storage),
    uploads: new Map(),
    minChunkBytes: options.minChunkBytes,
    referrersApi: options.referrersApi ?? true,
  };
  const requests: RequestRecord[] = [];
  let authority = host;
  const url = (): string => `${tls === undefined ? 'http' : 'https'}://${authority}`;
  const access = createAccess(options.auth, url);
  const listener = createListener(context, access, requests, options.onRequest);
  const server = tls === undefined ? createHttpServer(listener) : createHttpsServer({ ...tls }, listener);
  server.listen(port, host);
  await once(server, 'listening');
  authority = `${host.includes(':') ? `[${host}]` : host}:${portOf(server)}`;
  const close = (): Promise<void> => closeServer(server, context);
  return { host: authority, url: url(), requests, close, [Symbol.asyncDispose]: close };
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function closeServer(server: Server, { uploads }: RegistryContext): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
  await Promise.all([...uploads.values()].map((upload) => upload.discard()));
}

function createListener(
  context: RegistryContext,
  access: Access,
  requests: RequestRecord[],
  onRequest: RegistryServerOptions['onRequest'],
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  let ordinal = 0;
  return async (incoming, response) => {
    const { method = '', url: path = '', headers, socket } = incoming;
    const record = (status: number): number => requests.push({ method, path, status });
    const fault = await onRequest?.({ method, path, headers, ordinal: ++ordinal });
    try {
      const reply = await answer(context, access, incoming, fault);
      record(reply.status);
      await sendReply(response, faultyReply(reply, fault));
    } catch (error) {
      if (response.headersSent)
        socket.destroySoon(); // what was written still goes out
      else {
        record(0);
        socket.resetAndDestroy();
      }
      if (!(error instanceof CutConnection) && !incoming.destroyed) throw error;
    }
  };
}

async function answer(
  context: RegistryContext,
  access: Access,
  incoming: IncomingMessage,
  fault: Fault | undefined,
): Promise<Reply> {
  if (fault?.kind === 'reset') throw new CutConnection();
  if (fault?.kind === 'stall') {
    await once(incoming.socket, 'close');
    throw new CutConnection();
  }
  if (fault?.kind === 'delay') await sleep(fault.milliseconds);
  if (fault?.kind === 'answer') return cannedReply(fault);
  const request: RegistryRequest = {
    method: incoming.method ?? '',
    url: new URL(incoming.url ?? '/', 'http://registry.invalid'),
    headers: incoming.headers,
    body: faultyRequestBody(incoming, fault),
  };
  try {
    if (request.url.pathname === '/token') return await access.issueToken(request);
    access.check(request);
    return await route(context, request);
  } catch (error) {
    if (error instanceof SpecError) return errorReply(error);
    throw error;
  }
}

function cannedReply({ status, headers = {}, body }: Extract<Fault, { kind: 'answer' }>): Reply {
  if (body === undefined) return { status, headers };
  return { status, headers, body: typeof body === 'string' ? Buffer.from(body) : body };
}
