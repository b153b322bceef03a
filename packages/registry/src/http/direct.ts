import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ByteStream } from '@tsbuild/core';
import { connected, failureWith } from './large-socket.ts';
import { DRAIN_LIMIT, type HttpRequest, type HttpResponse, isStream } from './message.ts';
import type { Route } from './route.ts';
import type { Sender, SenderSettings } from './senders.ts';

type Timeouts = SenderSettings['timeouts'];

/** Milliseconds for which an idle connection is kept. Servers close theirs later, and not while a request is on its way. */
const KEPT_MS = 4000;

/** Node's client of one protocol. */
interface Means {
  readonly agent: Agent;
  readonly request: typeof request;
}

/** Sends by Node's own client, where no proxy stands between: it is loaded in a tenth of the time that undici takes. */
export async function openDirect(
  { protocol }: URL,
  { tls, lookup }: Omit<Route, 'proxies'>,
  { connections, timeouts }: SenderSettings,
): Promise<Sender> {
  const options = { keepAlive: true, maxSockets: connections, ...tls, ...lookup };
  const { agent, request: start } =
    protocol === 'https:' ? await secured(options) : { agent: new Agent(options), request };
  limitIdle(agent);
  return {
    send: (asked) => send(asked, { agent, request: start }, timeouts),
    async destroy() {
      agent.destroy();
    },
  };
}

async function secured(options: ConstructorParameters<typeof Agent>[0] & Route['tls']): Promise<Means> {
  const https = await import('node:https');
  return { agent: new https.Agent(options), request: https.request };
}

/** The agent's own limit would count while a connection is made, too. */
function limitIdle(agent: Agent): void {
  const keep = agent.keepSocketAlive.bind(agent);
  agent.keepSocketAlive = (socket) => {
    const isKept = keep(socket); // typed as if it told nothing
    (socket as Socket).setTimeout(KEPT_MS);
    return isKept;
  };
}

async function send(asked: HttpRequest, means: Means, timeouts: Timeouts): Promise<HttpResponse> {
  const sent = start(asked, means, timeouts);
  endOnAbort(sent, asked.signal);
  const message = await new Promise<IncomingMessage>((resolve, reject) => {
    sent.on('error', reject); // of a later one nobody needs to know
    sent.once('response', resolve).once('close', () => reject(failureWith('ECONNRESET')));
    // Before there is a connection nothing is written: what hinders it is told as such.
    sent.once('socket', (socket) => {
      tolerateErrors(socket);
      const isReady = socket.connecting ? connected(socket, timeouts.connect) : Promise.resolve();
      isReady.then(() => sendBody(sent, asked.body), reject);
    });
  });
  sent.setTimeout(0);
  message.on('error', () => undefined); // a cut while nobody reads is told when somebody does
  message.once('end', () => {
    if (!sent.writableFinished) sent.destroy(); // it was answered before all was sent
  });
  return {
    url: asked.url,
    status: message.statusCode ?? 0,
    headers: headersOf(message),
    body: bodyOf(message, timeouts.bodyIdle),
    discard: () => drain(message, timeouts.bodyIdle),
  };
}

function start({ method, url, headers = {} }: HttpRequest, means: Means, timeouts: Timeouts): ClientRequest {
  const sent = means.request({
    agent: means.agent,
    method,
    protocol: url.protocol,
    hostname: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port,
    path: `${url.pathname}${url.search}`,
    headers,
  });
  return sent.setTimeout(timeouts.headers, () => sent.destroy(failureWith('UND_ERR_HEADERS_TIMEOUT')));
}

/** Given to Node, a signal would have it drop the rest of an answer that is being read, and end that as if it were whole. */
function endOnAbort(sent: ClientRequest, signal: AbortSignal | undefined): void {
  if (signal === undefined) return;
  let begun: ClientRequest | IncomingMessage = sent;
  const end = () => begun.destroy(failureWith('ECONNRESET'));
  signal.addEventListener('abort', end, { once: true });
  sent.once('response', (message) => {
    begun = message;
  });
  sent.once('close', () => signal.removeEventListener('abort', end));
}

/** Between the end of an answer and the return of its connection Node does not listen, and an error would end the process. */
function tolerateErrors(socket: Socket): void {
  if (!socket.listeners('error').includes(ignore)) socket.on('error', ignore);
}

function ignore(): void {}

function sendBody(sent: ClientRequest, body: HttpRequest['body']): void {
  if (!isStream(body)) sent.end(body);
  else pipeline(Readable.from(watched(sent, body), { objectMode: false }), sent).catch(() => undefined); // the request tells
}

/** Lets a request fail by what its body fails by. One that ends too soon would leave the server waiting for the rest. */
async function* watched(sent: ClientRequest, body: ByteStream): AsyncGenerator<Uint8Array> {
  const announced = sent.getHeader('content-length');
  let length = 0;
  try {
    for await (const bytes of body) {
      length += bytes.byteLength;
      yield bytes;
    }
    if (announced === undefined || Number(announced) === length) return;
    throw new Error(`the body has ${length} bytes where ${announced} were announced`);
  } catch (error) {
    sent.destroy(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
}

/** Node joins the values of a name that comes again. */
function headersOf({ rawHeaders }: IncomingMessage): HttpResponse['headers'] {
  const headers: Record<string, string | string[]> = Object.create(null);
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]?.toLowerCase() ?? '';
    const value = rawHeaders[at + 1] ?? '';
    const before = headers[name];
    headers[name] = before === undefined ? value : [before, value].flat();
  }
  return headers;
}

async function* bodyOf(message: IncomingMessage, idleMs: number): AsyncGenerator<Uint8Array> {
  const limit = () => setTimeout(() => message.destroy(failureWith('UND_ERR_BODY_TIMEOUT')), idleMs);
  let late = limit();
  try {
    for await (const bytes of message) {
      clearTimeout(late);
      yield bytes;
      late = limit();
    }
  } finally {
    clearTimeout(late);
  }
}

async function drain(message: IncomingMessage, idleMs: number): Promise<void> {
  let left = DRAIN_LIMIT;
  try {
    for await (const bytes of bodyOf(message, idleMs)) {
      left -= bytes.byteLength;
      if (left < 0) break;
    }
  } catch {
    // the connection is free in any case
  }
}
