import type { ByteStream } from '@tsbuild/core';

/** A stream that can go back a little, so that what was lost on the wire can be sent again. */
export interface Rewindable {
  /** Offset of the first byte that is still at hand. */
  readonly earliest: number;
  /**
   * Up to `length` bytes from `offset` on: what is at hand first, then more of the stream. One reader at a time.
   * `offset` lies between `earliest` and the end of what was read.
   */
  read(offset: number, length: number): AsyncGenerator<Uint8Array>;
  /** Ends the source. */
  close(): Promise<void>;
}

/** Keeps the last `window` bytes that were read, or a little more: chunks are kept whole. */
export function createRewindable(stream: ByteStream, window: number): Rewindable {
  const source = stream[Symbol.asyncIterator]();
  let kept: Uint8Array[] = [];
  let earliest = 0;
  let end = 0;

  const readMore = async (): Promise<boolean> => {
    const { done, value } = await source.next();
    if (done === true) return false;
    kept.push(value);
    end += value.byteLength;
    for (let first = kept[0]; first !== undefined && end - earliest - first.byteLength >= window; first = kept[0]) {
      kept = kept.slice(1);
      earliest += first.byteLength;
    }
    return true;
  };
  return {
    get earliest() {
      return earliest;
    },
    async *read(offset, length) {
      if (offset < earliest) throw new Error(`byte ${offset} is gone, the first at hand is ${earliest}`);
      const stop = offset + length;
      for (let at = offset; at < stop; ) {
        if (at >= end && !(await readMore())) return;
        const bytes = bytesAt(kept, at - earliest).subarray(0, stop - at);
        at += bytes.byteLength;
        if (bytes.byteLength > 0) yield bytes;
      }
    },
    async close() {
      await source.return?.();
    },
  };
}

/** From `offset` to the end of the chunk in which it lies. */
function bytesAt(chunks: readonly Uint8Array[], offset: number): Uint8Array {
  let start = 0;
  for (const chunk of chunks) {
    if (offset < start + chunk.byteLength) return chunk.subarray(offset - start);
    start += chunk.byteLength;
  }
  return new Uint8Array();
}
