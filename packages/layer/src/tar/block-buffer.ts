import type { Ingest } from '@tsbuild/core';
import type { EncodedEntry } from './encode-entry.ts';
import { BLOCK_BYTES, paddingOf, writeUstar } from './header.ts';
import { encodePax } from './pax.ts';

const BATCH_BYTES = 1024 * 1024;
/** Longer pieces go to the ingest as they are instead of being copied. */
const DIRECT_BYTES = 256 * 1024;

/**
 * Gathers small writes into large ones. Two buffers take turns, so one fills while the other is being written.
 * Every method returns a promise only when the caller has to wait.
 */
export class BlockBuffer {
  readonly #ingest: Ingest;
  #current: Buffer = Buffer.allocUnsafe(BATCH_BYTES);
  #spare: Buffer | undefined;
  #used = 0;
  #pending: Promise<void> | undefined;
  /** Bytes appended so far. */
  size = 0;

  constructor(ingest: Ingest) {
    this.#ingest = ingest;
  }

  /** Appends the headers of an entry. */
  header({ ustar, pax }: EncodedEntry): Promise<void> | void {
    if (pax !== undefined) {
      const body = encodePax(pax.records);
      const blocks = Buffer.alloc(2 * BLOCK_BYTES + body.length + paddingOf(body.length));
      writeUstar(blocks, 0, { ...pax.ustar, size: body.length });
      body.copy(blocks, BLOCK_BYTES);
      writeUstar(blocks, blocks.length - BLOCK_BYTES, ustar);
      return this.append(blocks);
    }
    if (this.#used + BLOCK_BYTES <= BATCH_BYTES) return this.#headerBlock(ustar);
    return this.#flush().then(() => this.#headerBlock(ustar));
  }

  #headerBlock(ustar: EncodedEntry['ustar']): void {
    writeUstar(this.#current, this.#used, ustar);
    this.#advance(BLOCK_BYTES);
  }

  append(bytes: Uint8Array): Promise<void> | void {
    if (bytes.length >= DIRECT_BYTES) return this.#direct(bytes);
    if (this.#used + bytes.length <= BATCH_BYTES) return this.#copy(bytes);
    return this.#flush().then(() => this.#copy(bytes));
  }

  /** Appends `count` zeros, fewer than {@link DIRECT_BYTES}. */
  zeros(count: number): Promise<void> | void {
    if (count === 0) return undefined;
    if (this.#used + count <= BATCH_BYTES) return this.#zero(count);
    return this.#flush().then(() => this.#zero(count));
  }

  /** Waits until everything appended is with the ingest. */
  async drain(): Promise<void> {
    await this.#flush();
    await this.#pending;
  }

  #copy(bytes: Uint8Array): void {
    this.#current.set(bytes, this.#used);
    this.#advance(bytes.length);
  }

  #zero(count: number): void {
    this.#current.fill(0, this.#used, this.#used + count);
    this.#advance(count);
  }

  #advance(count: number): void {
    this.#used += count;
    this.size += count;
  }

  async #direct(bytes: Uint8Array): Promise<void> {
    await this.drain();
    this.size += bytes.length;
    await this.#ingest.write(bytes);
  }

  async #flush(): Promise<void> {
    await this.#pending;
    this.#pending = undefined;
    if (this.#used === 0) return;
    const full = this.#current;
    const written = this.#ingest.write(full.subarray(0, this.#used));
    this.#used = 0;
    if (written === undefined) return;
    this.#current = this.#spare ?? Buffer.allocUnsafe(BATCH_BYTES);
    this.#spare = full;
    // A failure is reported by whoever waits for the buffer next.
    written.catch(() => undefined);
    this.#pending = written;
  }
}
