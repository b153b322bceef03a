import type { Readable } from 'node:stream';

/** What comes in on a stream, piece by piece and no faster than it is taken. Closing leaves the stream open. */
export class InputReader implements AsyncIterable<Uint8Array>, Disposable {
  readonly #stream: Readable;
  #pieces: Uint8Array[] = [];
  #isOver = false;
  #error: Error | undefined;
  #wake: () => void = () => undefined;

  constructor(stream: Readable) {
    this.#stream = stream;
    stream.on('data', this.#take).on('end', this.#end).on('close', this.#end).on('error', this.#fail);
    stream.pause();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      yield* this.#pieces.splice(0);
      if (this.#error !== undefined) throw this.#error;
      if (this.#isOver) return;
      this.#stream.resume();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  [Symbol.dispose](): void {
    this.#stream.off('data', this.#take).off('end', this.#end).off('close', this.#end).off('error', this.#fail);
    this.#stream.pause(); // so that it does not keep this process
    this.#end();
  }

  readonly #take = (bytes: Uint8Array): void => {
    this.#pieces.push(bytes);
    this.#stream.pause();
    this.#wake();
  };

  readonly #end = (): void => {
    this.#isOver = true;
    this.#wake();
  };

  readonly #fail = (error: Error): void => {
    this.#error = error;
    this.#wake();
  };
}
