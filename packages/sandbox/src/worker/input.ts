import type { Writable } from 'node:stream';

/** Passes on what a command is to read, and tells how much of it was taken. */
export class Input {
  readonly #stdin: Writable | undefined;
  readonly #onTaken: (bytes: number) => void;

  constructor(stdin: Writable | undefined, onTaken: (bytes: number) => void) {
    this.#stdin = stdin;
    this.#onTaken = onTaken;
    stdin?.on('error', () => undefined); // the command reads no more
  }

  write(bytes: Uint8Array): void {
    const taken = () => this.#onTaken(bytes.byteLength);
    if (this.#stdin === undefined || this.#stdin.destroyed) taken();
    else this.#stdin.write(bytes, taken);
  }

  end(): void {
    this.#stdin?.end();
  }

  /** The command has ended. */
  destroy(): void {
    this.#stdin?.destroy();
  }
}
