import type { Socket } from 'node:net';
import type { OutputStream } from '../protocol.ts';

/** Bytes on the way to the parent before the command has to wait. */
const WINDOW_BYTES = 1024 * 1024;

/** Passes on what a command prints, as fast as it is taken in at the other end. */
export class Output {
  readonly #sockets: readonly Socket[];
  #underway = 0;

  constructor(
    streams: Readonly<Record<OutputStream, Socket>>,
    send: (stream: OutputStream, bytes: Uint8Array) => void,
  ) {
    this.#sockets = [streams.stdout, streams.stderr];
    for (const name of ['stdout', 'stderr'] as const) {
      streams[name].on('data', (bytes: Buffer) => {
        send(name, bytes);
        this.#underway += bytes.length;
        if (this.#underway >= WINDOW_BYTES) for (const socket of this.#sockets) socket.pause();
      });
    }
  }

  /** The other end has taken in so many bytes. */
  consumed(bytes: number): void {
    this.#underway -= bytes;
    if (this.#underway < WINDOW_BYTES) for (const socket of this.#sockets) socket.resume();
  }

  /** Resolves when everything was sent. */
  async finish(): Promise<void> {
    await Promise.all(this.#sockets.map(ended));
  }
}

function ended(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) resolve();
    else socket.once('close', () => resolve());
  });
}
