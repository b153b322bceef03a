import type { ToWorker } from './protocol.ts';

/** Bytes on the way to a command that it has not taken yet. */
const WINDOW_BYTES = 256 * 1024;
const PIECE_BYTES = 64 * 1024;

type InputMessage = ToWorker extends infer Message
  ? Message extends { readonly kind: 'input' | 'input-end' }
    ? Omit<Message, 'id'>
    : never
  : never;

/** Sends what a command is to read, no faster than it takes it. */
export class CommandInput {
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #send: (message: InputMessage) => void;
  #underway = 0;
  #isOver = false;
  #wake: () => void = () => undefined;

  constructor(source: AsyncIterable<Uint8Array>, send: (message: InputMessage) => void) {
    this.#source = source[Symbol.asyncIterator]();
    this.#send = send;
  }

  /** `onError` is called when the source fails. */
  start(onError: (error: unknown) => void): void {
    this.#pump().catch((error: unknown) => {
      if (!this.#isOver) onError(error);
    });
  }

  /** The command took in so many bytes. */
  taken(bytes: number): void {
    this.#underway -= bytes;
    this.#wake();
  }

  /** The command has ended. Whether the source still waits for bytes is its own affair. */
  stop(): void {
    this.#isOver = true;
    this.#wake();
    this.#source.return?.()?.catch(() => undefined);
  }

  async #pump(): Promise<void> {
    for (;;) {
      const { done, value } = await this.#source.next();
      if (this.#isOver) return;
      if (done === true) return this.#send({ kind: 'input-end' });
      for (let at = 0; at < value.byteLength && !this.#isOver; at += PIECE_BYTES) {
        const bytes = value.subarray(at, at + PIECE_BYTES);
        this.#underway += bytes.byteLength;
        this.#send({ kind: 'input', bytes });
        while (this.#underway >= WINDOW_BYTES && !this.#isOver) await this.#room();
      }
    }
  }

  #room(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
