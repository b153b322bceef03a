import type { ByteStream } from '@tsbuild/core';
import { createTarParser } from './parser.ts';
import type { ReadTarOptions, TarEntry, TarMember } from './tar-entry.ts';

/**
 * Reads an uncompressed archive of any origin, entry by entry, without holding more than one piece of `tar`. Contents
 * that are not read are skipped. Leaving the loop early ends `tar`.
 * @throws {LayerError} when the archive is damaged or asks for too much @throws {UnsafePathError}
 */
export async function* readTar(
  tar: ByteStream,
  options: ReadTarOptions & { readonly signal?: AbortSignal | undefined } = {},
): AsyncGenerator<TarMember> {
  const queue = new EventQueue(tar, options);
  try {
    for (let event = await queue.next(); event !== undefined; event = await queue.next()) {
      // Contents of the entry before, which nobody read.
      if (!(event instanceof Uint8Array)) yield { entry: event, content: queue.content() };
    }
  } finally {
    await queue.close();
  }
}

type TarEvent = TarEntry | Uint8Array;

/** What was parsed of the last piece and not yet taken. */
class EventQueue {
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #parser;
  readonly #signal: AbortSignal | undefined;
  #events: TarEvent[] = [];
  #taken = 0;
  #failure: { readonly error: unknown } | undefined;
  #isEnded = false;

  constructor(tar: ByteStream, options: ReadTarOptions & { readonly signal?: AbortSignal | undefined }) {
    this.#source = tar[Symbol.asyncIterator]();
    this.#signal = options.signal;
    this.#parser = createTarParser(
      { entry: (entry) => this.#events.push(entry), content: (bytes) => this.#events.push(bytes) },
      options,
    );
  }

  async next(): Promise<TarEvent | undefined> {
    const event = await this.#peek();
    if (event !== undefined) this.#taken++;
    return event;
  }

  /** The contents of the entry that was taken last. */
  async *content(): AsyncGenerator<Uint8Array> {
    for (let event = await this.#peek(); event instanceof Uint8Array; event = await this.#peek()) {
      this.#taken++;
      yield event;
    }
  }

  async close(): Promise<void> {
    if (!this.#isEnded) await this.#source.return?.();
  }

  async #peek(): Promise<TarEvent | undefined> {
    while (this.#taken === this.#events.length) {
      // What was complete before the mistake is handed out first.
      if (this.#failure !== undefined) throw this.#failure.error;
      if (this.#isEnded) return undefined;
      await this.#fill();
    }
    return this.#events[this.#taken];
  }

  async #fill(): Promise<void> {
    this.#signal?.throwIfAborted();
    const { done, value } = await this.#source.next();
    this.#events = [];
    this.#taken = 0;
    this.#isEnded = done === true;
    try {
      if (done === true) this.#parser.finish();
      else this.#parser.push(value);
    } catch (error) {
      this.#failure = { error };
    }
  }
}
