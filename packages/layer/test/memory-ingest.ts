import { type Digest, digestOf, type Ingest } from '@tsbuild/core';

/** Keeps what is written; a promise is returned for every write, and the bytes are overwritten once it resolves. */
export class MemoryIngest implements Ingest {
  readonly #parts: Buffer[] = [];
  isCommitted = false;

  get bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }

  async write(bytes: Uint8Array): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#parts.push(Buffer.from(bytes));
  }

  async commit(): Promise<{ digest: Digest; size: number }> {
    this.isCommitted = true;
    return { digest: digestOf(this.bytes), size: this.bytes.length };
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}
