/** Gathers pieces that may be reused by their owner. Memory grows with what came, not with what was announced. */
export class ByteCollector {
  #buffer = Buffer.alloc(512);
  #length = 0;

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  /** True when only zeros came. */
  get isZero(): boolean {
    return this.#buffer.subarray(0, this.#length).every((byte) => byte === 0);
  }

  add(piece: Uint8Array): void {
    const length = this.#length + piece.length;
    if (length > this.#buffer.length) {
      const larger = Buffer.alloc(Math.max(length, 2 * this.#buffer.length));
      this.#buffer.copy(larger, 0, 0, this.#length);
      this.#buffer = larger;
    }
    this.#buffer.set(piece, this.#length);
    this.#length = length;
  }

  /** Everything that came, valid until the next piece. */
  take(): Buffer {
    const all = this.#buffer.subarray(0, this.#length);
    this.#length = 0;
    return all;
  }
}
