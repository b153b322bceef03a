import type { ByteStream } from '@tsbuild/core';

/** Input is compressed in blocks of this size, whatever the sizes of the chunks that it came in. */
const BLOCK_BYTES = 1024 * 1024;
/** As far as deflate looks back. */
const DICTIONARY_BYTES = 32 * 1024;

export interface Block {
  /** `dictionaryBytes` of what comes before the block, then `bytes` of it. */
  readonly buffer: ArrayBuffer;
  readonly dictionaryBytes: number;
  readonly bytes: number;
}

/** Cuts a stream into blocks. Buffers that are given back are filled again. */
export class BlockSource {
  readonly #source: ByteStream;
  readonly #free: ArrayBuffer[] = [];

  constructor(source: ByteStream) {
    this.#source = source;
  }

  /** Takes back the buffer of a block that is done with. */
  reuse(buffer: ArrayBuffer): void {
    this.#free.push(buffer);
  }

  async *blocks(): AsyncGenerator<Block> {
    let buffer = this.#buffer();
    let dictionaryBytes = 0;
    let bytes = 0;
    for await (const chunk of this.#source) {
      for (let taken = 0; taken < chunk.length; ) {
        const piece = chunk.subarray(taken, taken + BLOCK_BYTES - bytes);
        new Uint8Array(buffer).set(piece, dictionaryBytes + bytes);
        taken += piece.length;
        bytes += piece.length;
        if (bytes < BLOCK_BYTES) continue;
        const next = this.#buffer();
        const end = dictionaryBytes + bytes;
        new Uint8Array(next).set(new Uint8Array(buffer, end - DICTIONARY_BYTES, DICTIONARY_BYTES));
        yield { buffer, dictionaryBytes, bytes };
        buffer = next;
        dictionaryBytes = DICTIONARY_BYTES;
        bytes = 0;
      }
    }
    if (bytes > 0) yield { buffer, dictionaryBytes, bytes };
  }

  #buffer(): ArrayBuffer {
    return this.#free.pop() ?? new ArrayBuffer(DICTIONARY_BYTES + BLOCK_BYTES);
  }
}
