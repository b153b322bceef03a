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
    // What nobody reads any more is not taken, so no more of it is sent.
    if (this.#stdin === undefined || this.#stdin.destroyed) return;
    this.#stdin.write(bytes, (error) => {
      if (error == null) this.#onTaken(bytes.byteLength);
    });
  }

  end(): void {
    this.#stdin?.end();
  }

  /** The command has ended. */
  destroy(): void {
    this.#stdin?.destroy();
  }
}
