import type { ByteStream } from '@tsbuild/core';
import { damagedData } from './errors.ts';

const MAX_RELEASE_TURNS = 64;

/**
 * The plain bytes of zstd frames, with windows of up to 128 MiB, as the zstd command takes by default. Compiled to
 * WebAssembly, because the decoder of Node 22 and 24 stops without an error after the first frame of a chunk.
 */
export async function* unzstd(source: ByteStream): AsyncGenerator<Uint8Array> {
  const { ZSTDDecoder } = await import('zstddec/stream');
  const decoder = new ZSTDDecoder();
  await decoder.init();
  const feed = new ChunkFeed(source);
  const output = decoder.decodeStreaming(feed);
  try {
    yield* drain(output, feed);
  } finally {
    await feed.close();
    release(output);
  }
}

/** The decoder frees its memory only when its input has ended; damaged frames never end, so this gives up at some point. */
function release(output: Iterator<Uint8Array>): void {
  try {
    for (let turns = 0; turns < MAX_RELEASE_TURNS; turns++) if (output.next().done === true) return;
  } catch {
    // The input ended within a frame, which nobody asked to know.
  }
}

async function* drain(output: Iterator<Uint8Array>, feed: ChunkFeed): AsyncGenerator<Uint8Array> {
  for (let idleTurns = 0; ; ) {
    await feed.prefetch();
    const taken = feed.taken;
    const { done, value } = nextOutput(output);
    if (done === true) return;
    if (value.length > 0) yield value;
    // The decoder does not look at error codes: with a damaged frame it goes on for ever without output.
    idleTurns = value.length === 0 && feed.taken === taken ? idleTurns + 1 : 0;
    if (idleTurns > feed.turnsWithoutOutput) throw damagedData('zstd', 'a frame cannot be decoded');
  }
}

function nextOutput(output: Iterator<Uint8Array>): IteratorResult<Uint8Array, unknown> {
  try {
    return output.next();
  } catch (error) {
    throw damagedData('zstd', error);
  }
}

/** Hands a decoder that pulls synchronously one chunk, always fetched before it may be wanted. */
class ChunkFeed implements Iterable<Uint8Array> {
  readonly #source: AsyncIterator<Uint8Array>;
  #ready: Uint8Array | undefined;
  #isEnded = false;
  /** Chunks handed out so far. */
  taken = 0;
  /** More calls than this one chunk can keep busy with frames that have no contents. */
  turnsWithoutOutput = 0;

  constructor(source: ByteStream) {
    this.#source = source[Symbol.asyncIterator]();
  }

  async prefetch(): Promise<void> {
    while (this.#ready === undefined && !this.#isEnded) {
      const { done, value } = await this.#source.next();
      if (done === true) this.#isEnded = true;
      else if (value.length > 0) this.#ready = value;
    }
  }

  *[Symbol.iterator](): Generator<Uint8Array> {
    while (this.#ready !== undefined) {
      const chunk = this.#ready;
      this.#ready = undefined;
      this.taken++;
      this.turnsWithoutOutput = chunk.length + 4;
      yield chunk;
    }
  }

  async close(): Promise<void> {
    this.#ready = undefined;
    if (!this.#isEnded) await this.#source.return?.();
    this.#isEnded = true;
  }
}
