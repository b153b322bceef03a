import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse, request as sendRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from './random.ts';

/** What the proxy does to one exchange. Positions are in bytes of the body. */
export type ProxyFault =
  | { readonly kind: 'none' | 'reset' | 'wrong-digest-header' }
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'cut-request' | 'corrupt-request' | 'cut' | 'corrupt' | 'short' | 'stall'; readonly at: number }
  | { readonly kind: 'wrong-length'; readonly by: number }
  | { readonly kind: 'slow'; readonly milliseconds: number }
  | RangeFault;

/** What is done to a request for a part: another part is asked for, another is said to come, everything is sent. */
type RangeFault = { readonly kind: 'other-range' | 'wrong-range'; readonly by: number } | { readonly kind: 'no-range' };

/** One exchange that the proxy handled. */
export interface ProxyExchange {
  readonly fault: ProxyFault['kind'];
  readonly isLarge: boolean;
}

/** True of a request over a connection of its own, as those for large blobs are. */
export function isForLarge({ headers }: IncomingMessage): boolean {
  return headers.connection === 'close';
}

/** Draws a fault for one exchange in about `rate` of them. Cuts of large blobs lead to ranges, which have faults of their own. */
export function drawFault(random: Random, rate: number, { headers }: IncomingMessage): ProxyFault {
  if (random.next() >= rate) return { kind: 'none' };
  if (headers.range !== undefined && random.next() < 0.5) return drawRangeFault(random);
  const at = random.pick([0, 1, 100, random.below(1000), random.below(300_000), random.below(5_000_000)]);
  return random.pick<ProxyFault>([
    { kind: 'reset' },
    { kind: 'wrong-digest-header' },
    { kind: 'status', status: random.pick([401, 404, 408, 429, 500, 502, 503, 504]) },
    { kind: 'cut-request', at },
    { kind: 'corrupt-request', at },
    { kind: 'cut', at },
    { kind: 'cut', at },
    { kind: 'corrupt', at },
    { kind: 'short', at },
    { kind: 'stall', at },
    { kind: 'wrong-length', by: random.pick([-1, 1, 1000]) },
    { kind: 'slow', milliseconds: random.below(30) },
  ]);
}

function drawRangeFault(random: Random): RangeFault {
  const by = random.pick([-1, 1, 1000, -random.below(1_000_000)]);
  return random.pick<RangeFault>([{ kind: 'other-range', by }, { kind: 'wrong-range', by }, { kind: 'no-range' }]);
}

export interface FaultProxy extends AsyncDisposable {
  readonly host: string;
  /** What was handled so far. */
  readonly exchanges: readonly ProxyExchange[];
}

/** Stands between a client and the registry at `upstream`, and spoils what `draw` says. */
export async function startFaultProxy(
  upstream: string,
  draw: (request: IncomingMessage) => ProxyFault,
): Promise<FaultProxy> {
  const exchanges: ProxyExchange[] = [];
  const server = createServer(async (request, response) => {
    const { socket } = request; // gone from the request once its body was left
    const fault = draw(request);
    exchanges.push({ fault: fault.kind, isLarge: isForLarge(request) });
    try {
      await forward(upstream, request, response, fault);
    } catch {
      socket.resetAndDestroy();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    host: `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    exchanges,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function forward(
  upstream: string,
  request: IncomingMessage,
  response: ServerResponse,
  fault: ProxyFault,
): Promise<void> {
  if (fault.kind === 'reset') throw new Error('reset');
  if (fault.kind === 'slow') await sleep(fault.milliseconds);
  if (fault.kind === 'status') {
    request.resume();
    response.writeHead(fault.status, fault.status === 429 ? { 'retry-after': '0' } : {}).end();
    return;
  }
  const answer = await sendOn(upstream, request, fault);
  response.writeHead(answer.statusCode ?? 502, spoiledHeaders(answer, fault));
  for await (const bytes of spoiled(answer, fault)) response.write(bytes);
  response.end();
}

async function sendOn(upstream: string, request: IncomingMessage, fault: ProxyFault): Promise<IncomingMessage> {
  const [host, port] = upstream.split(':');
  const headers = onwardHeaders(request, fault);
  const onward = sendRequest({ host, port, method: request.method, path: request.url, headers });
  const answered = once(onward, 'response');
  answered.catch(() => undefined);
  let at = 0;
  for await (const bytes of request) {
    if (fault.kind === 'cut-request' && at + bytes.length > fault.at) {
      onward.write(bytes.subarray(0, fault.at - at), () => onward.destroy());
      throw new Error('cut');
    }
    const isHere = fault.kind === 'corrupt-request' && fault.at >= at && fault.at < at + bytes.length;
    onward.write(isHere ? flipped(bytes, fault.at - at) : bytes);
    at += bytes.length;
  }
  onward.end();
  const [answer] = await answered;
  return answer;
}

function onwardHeaders({ headers }: IncomingMessage, fault: ProxyFault): IncomingMessage['headers'] {
  const { range, ...rest } = headers;
  if (fault.kind === 'no-range') return rest;
  return fault.kind === 'other-range' ? { ...rest, range: moved(range, fault.by) } : headers;
}

/** A range, or what says which range comes, that begins elsewhere. */
function moved(range: string | undefined, by: number): string | undefined {
  return range?.replace(/\d+(?=-)/, (start) => String(Math.max(0, Number(start) + by)));
}

function spoiledHeaders({ headers }: IncomingMessage, fault: ProxyFault): IncomingMessage['headers'] {
  const { 'content-length': length, ...rest } = headers;
  switch (fault.kind) {
    case 'wrong-length':
      return length === undefined
        ? rest
        : { ...rest, 'content-length': String(Math.max(0, Number(length) + fault.by)) };
    case 'short':
      return rest;
    case 'wrong-range':
      return { ...headers, 'content-range': moved(headers['content-range'], fault.by) };
    case 'wrong-digest-header':
      return { ...headers, 'docker-content-digest': `sha256:${'0'.repeat(64)}` };
    default:
      return headers;
  }
}

async function* spoiled(answer: IncomingMessage, fault: ProxyFault): AsyncGenerator<Uint8Array> {
  let at = 0;
  for await (const bytes of answer) {
    const isHere = 'at' in fault && fault.at >= at && fault.at < at + bytes.length;
    const isCut = fault.kind === 'cut' || fault.kind === 'short' || fault.kind === 'stall';
    if (isHere && isCut) {
      yield bytes.subarray(0, fault.at - at);
      answer.destroy();
      if (fault.kind === 'short') return;
      await sleep(fault.kind === 'stall' ? 5_000 : 5);
      throw new Error('cut');
    }
    yield isHere && fault.kind === 'corrupt' ? flipped(bytes, fault.at - at) : bytes;
    at += bytes.length;
  }
}

function flipped(bytes: Buffer, index: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(index) ^ 0xff, index);
  return copy;
}
