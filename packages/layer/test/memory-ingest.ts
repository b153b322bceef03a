import { type Digest, DigestMismatchError, digestOf, type Ingest } from '@tsbuild/core';

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

  async commit(expected: { readonly digest?: Digest } = {}): Promise<{ digest: Digest; size: number }> {
    const digest = digestOf(this.bytes);
    if (expected.digest !== undefined && expected.digest !== digest)
      throw new DigestMismatchError(expected.digest, digest);
    this.isCommitted = true;
    return { digest, size: this.bytes.length };
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}
