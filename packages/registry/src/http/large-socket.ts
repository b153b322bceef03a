import { once } from 'node:events';
import { connect as connectTcp, type Socket, type TcpSocketConnectOpts } from 'node:net';
import { connect as connectTls, TLSSocket } from 'node:tls';
import type { CallOptions } from '@tsbuild/core';
import { type Route, serverName } from './route.ts';
import { createSlabs } from './slabs.ts';

/** Slabs that may wait for their reader before the socket does. */
const MAX_WAITING = 2;

/** A connection whose bytes come in large pieces. */
export interface LargeSocket {
  send(text: string): void;
  /**
   * The bytes that came since, as many as there are, good until the next call; undefined at the end. Waits at most `idleMs`
   * for them: then, and when the connection fails, it throws.
   */
  read(idleMs: number): Promise<Uint8Array | undefined>;
  /** Ends the connection; a read that waits throws `reason`. */
  destroy(reason?: Error): void;
}

interface OpenOptions extends CallOptions {
  readonly connectMs: number;
}

/**
 * Connects to the host of `url`. Node's streams make an object of each 64 kB at most, and HTTP clients copy them: here the
 * kernel writes into memory that is handed out as it is.
 */
export async function openLargeSocket(url: URL, route: Route, options: OpenOptions): Promise<LargeSocket> {
  const { connectMs, signal } = options;
  const received = createSlabs();
  let wake = (): void => undefined;
  let failure: unknown;
  let hasEnded = false;

  const onread: TcpSocketConnectOpts['onread'] = {
    buffer: () => received.room(),
    callback(count) {
      received.add(count);
      wake();
      return received.waiting < MAX_WAITING;
    },
  };
  const socket = connect(url, route, { onread, ...(signal === undefined ? {} : { signal }) });
  const end = (error?: unknown): void => {
    failure ??= error;
    hasEnded = true;
    wake();
  };
  socket.once('end', () => end()).once('close', () => end());
  socket.on('error', end); // one that comes after the first is of no interest
  await connected(socket, connectMs);
  socket.on('timeout', () => socket.destroy(failureWith('UND_ERR_BODY_TIMEOUT')));

  return {
    send: (text) => socket.write(text, 'latin1'),
    async read(idleMs) {
      for (;;) {
        const bytes = received.take();
        if (bytes !== undefined) {
          if (!hasEnded) socket.resume();
          return bytes;
        }
        if (failure !== undefined) throw failure;
        if (hasEnded) return undefined;
        socket.setTimeout(idleMs);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        socket.setTimeout(0);
      }
    },
    destroy(reason) {
      end(reason);
      socket.destroy();
    },
  };
}

/** An error by which `connectionError` knows what happened. */
export function failureWith(
  code: 'ETIMEDOUT' | 'ECONNRESET' | 'UND_ERR_HEADERS_TIMEOUT' | 'UND_ERR_BODY_TIMEOUT',
): Error {
  return Object.assign(new Error(code), { code });
}

/** Waits until a socket is connected, and its certificate accepted. */
export async function connected(socket: Socket, limitMs: number): Promise<void> {
  const late = setTimeout(() => socket.destroy(failureWith('ETIMEDOUT')), limitMs);
  try {
    await once(socket, socket instanceof TLSSocket ? 'secureConnect' : 'connect');
  } finally {
    clearTimeout(late);
  }
}

function connect(url: URL, { tls, lookup }: Route, options: Partial<TcpSocketConnectOpts>): Socket {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const isTls = url.protocol === 'https:';
  const to = { ...options, ...lookup, host, port: Number(url.port || (isTls ? 443 : 80)) };
  if (!isTls) return connectTcp({ ...to, noDelay: true });
  return connectTls({ ...to, ...tls, servername: serverName(host), ALPNProtocols: ['http/1.1'] });
}
