import type { RegistryTimeouts } from '../options.ts';
import { failureWith, type LargeSocket, openLargeSocket } from './large-socket.ts';
import type { HttpRequest, HttpResponse } from './message.ts';
import { parseResponseHead, type ResponseHead } from './response-head.ts';
import type { Route } from './route.ts';

/** As undici takes. */
const MAX_HEAD_BYTES = 16 * 1024;
const END_OF_HEAD = '\r\n\r\n';
const NOT_IN_A_HEADER = /[^\t\x20-\x7e\x80-\xff]/;

/**
 * Sends a GET whose answer is large, over a connection of its own, and reads the body for a fraction of what an HTTP client
 * takes of the processor. Undefined when the answer is of another kind than a body of a length that stands in its head: then
 * somebody else has to ask.
 */
export async function download(
  route: Route,
  timeouts: Required<RegistryTimeouts>,
  request: HttpRequest,
): Promise<HttpResponse | undefined> {
  const { url, signal } = request;
  const text = requestHead(request);
  const socket = await openLargeSocket(url, route, { connectMs: timeouts.connect, signal });
  try {
    socket.send(text);
    const start = await readHead(socket, timeouts.headers);
    if (start === undefined) socket.destroy();
    return start && responseOf(socket, start, url, timeouts.bodyIdle);
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function responseOf(socket: LargeSocket, start: Start, url: URL, idleMs: number): HttpResponse {
  return { ...start.head, url, body: bodyOf(socket, start, idleMs), discard: async () => socket.destroy() };
}

function requestHead({ method, url, headers = {} }: HttpRequest): string {
  const fields = Object.entries({ host: url.host, connection: 'close', ...headers });
  const bad = fields.find(([, value]) => NOT_IN_A_HEADER.test(value));
  if (bad !== undefined) throw new Error(`the header ${bad[0]} has characters that no header may have`);
  const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${url.pathname}${url.search} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

interface Start {
  readonly head: ResponseHead;
  /** What came of the body with the head. */
  readonly rest: Uint8Array;
}

async function readHead(socket: LargeSocket, limitMs: number): Promise<Start | undefined> {
  const late = setTimeout(() => socket.destroy(failureWith('UND_ERR_HEADERS_TIMEOUT')), limitMs);
  try {
    let bytes = Buffer.alloc(0);
    while (bytes.length <= MAX_HEAD_BYTES) {
      const more = await socket.read(2 * limitMs);
      if (more === undefined) throw failureWith('ECONNRESET');
      bytes = Buffer.concat([bytes, more]);
      const end = bytes.indexOf(END_OF_HEAD);
      if (end === -1) continue;
      const head = parseResponseHead(bytes.toString('latin1', 0, end));
      return head === undefined ? undefined : { head, rest: bytes.subarray(end + END_OF_HEAD.length) };
    }
    return undefined;
  } finally {
    clearTimeout(late);
  }
}

/** As many bytes as the head promises; what comes beyond them is left. */
async function* bodyOf(socket: LargeSocket, { head, rest }: Start, idleMs: number): AsyncGenerator<Uint8Array> {
  try {
    let left = head.length - rest.byteLength;
    yield rest.subarray(0, head.length);
    while (left > 0) {
      const bytes = await socket.read(idleMs);
      if (bytes === undefined) throw failureWith('ECONNRESET');
      yield bytes.subarray(0, left);
      left -= bytes.byteLength;
    }
  } finally {
    socket.destroy();
  }
}
