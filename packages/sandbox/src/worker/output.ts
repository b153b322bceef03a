import type { Readable } from 'node:stream';
import type { OutputStream } from '../protocol.ts';
import type { CommandStreams } from './stdio.ts';

/** Bytes on the way to the parent before the command has to wait. */
const WINDOW_BYTES = 1024 * 1024;

/** Passes on what a command prints, as fast as it is taken in at the other end. */
export class Output {
  readonly #streams: readonly Readable[];
  #underway = 0;
  #isBounded = true;

  constructor(
    { stdout, stderr }: Pick<CommandStreams, 'stdout' | 'stderr'>,
    send: (stream: OutputStream, bytes: Uint8Array) => void,
  ) {
    this.#streams = stderr === undefined ? [stdout] : [stdout, stderr];
    for (const [at, stream] of this.#streams.entries()) {
      const name = at === 0 ? 'stdout' : 'stderr';
      stream.on('error', () => undefined); // so a terminal tells that nobody has it open any more
      stream.on('data', (bytes: Buffer) => {
        send(name, bytes);
        this.#underway += bytes.length;
        if (this.#isBounded && this.#underway >= WINDOW_BYTES) for (const each of this.#streams) each.pause();
      });
    }
  }

  /** The other end has taken in so many bytes. */
  consumed(bytes: number): void {
    this.#underway -= bytes;
    if (this.#underway < WINDOW_BYTES) for (const stream of this.#streams) stream.resume();
  }

  /** Sends the rest of what was printed, whoever takes it: the command was ended. */
  drain(): void {
    this.#isBounded = false;
    for (const stream of this.#streams) stream.resume();
  }

  /** Resolves when everything was sent. */
  async finish(): Promise<void> {
    await Promise.all(this.#streams.map(ended));
  }
}

function ended(stream: Readable): Promise<void> {
  return new Promise((resolve) => {
    if (stream.closed) resolve();
    else stream.once('close', () => resolve());
  });
}
