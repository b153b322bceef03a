import { createHash, type Hash } from 'node:crypto';
import { closeSync, fstatSync, openSync, write as writeCallback } from 'node:fs';
import { promisify } from 'node:util';
import {
  type Digest,
  DigestMismatchError,
  digestFromHex,
  fromSystemError,
  type Ingest,
  SizeMismatchError,
} from '@tsbuild/core';
import { BUFFER_BYTES, giveBuffer, takeBuffer } from './buffer-pool.ts';
import type { HashedFiles } from './hashed-files.ts';
import type { StoreFolder } from './store-folder.ts';
import { translating, withParent } from './system-errors.ts';

const write = promisify(writeCallback);

/** Pieces of this size are written as they are. */
const DIRECT_BYTES = BUFFER_BYTES / 2;

/**
 * A blob on its way into the store. Small writes are gathered; while one buffer goes to the disk in the background the next is
 * filled and hashed. A blob that fits into one buffer touches the disk only when it is committed.
 */
export class BlobIngest implements Ingest {
  readonly #folder: StoreFolder;
  readonly #blobPath: (digest: Digest) => string;
  readonly #hashed: HashedFiles;
  readonly #hash: Hash = createHash('sha256');
  #buffer: Buffer = takeBuffer();
  #spare: Buffer | undefined;
  #filled = 0;
  #size = 0;
  #file: { readonly path: string; readonly fd: number } | undefined;
  #writing: Promise<void> = Promise.resolve();
  #isOpen = true;

  constructor(folder: StoreFolder, blobPath: (digest: Digest) => string, hashed: HashedFiles) {
    this.#folder = folder;
    this.#blobPath = blobPath;
    this.#hashed = hashed;
  }

  write(bytes: Uint8Array): Promise<void> | void {
    if (!this.#isOpen) throw new Error('write to an ingest that has ended');
    this.#size += bytes.byteLength;
    if (bytes.byteLength > BUFFER_BYTES - this.#filled) return this.#writeLarge(bytes);
    this.#buffer.set(bytes, this.#filled);
    this.#filled += bytes.byteLength;
  }

  async commit(
    expected: { readonly digest?: Digest; readonly size?: number } = {},
  ): Promise<{ digest: Digest; size: number }> {
    if (!this.#isOpen) throw new Error('commit of an ingest that has ended');
    try {
      const digest = this.#finishHash();
      if (expected.size !== undefined && expected.size !== this.#size)
        throw new SizeMismatchError(expected.size, this.#size);
      if (expected.digest !== undefined && expected.digest !== digest)
        throw new DigestMismatchError(expected.digest, digest);
      await this.#store(this.#blobPath(digest));
      return { digest, size: this.#size };
    } finally {
      await this[Symbol.asyncDispose]();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#writing.catch(() => undefined);
    giveBuffer(this.#buffer);
    if (this.#spare !== undefined) giveBuffer(this.#spare);
    if (this.#file === undefined) return;
    closeSync(this.#file.fd);
    this.#folder.discard(this.#file.path);
  }

  async #writeLarge(bytes: Uint8Array): Promise<void> {
    if (bytes.byteLength >= DIRECT_BYTES) return this.#writeDirectly(bytes);
    for (let at = 0; at < bytes.byteLength; ) {
      if (this.#filled === BUFFER_BYTES) await this.#turnOver();
      const piece = bytes.subarray(at, at + BUFFER_BYTES - this.#filled);
      this.#buffer.set(piece, this.#filled);
      this.#filled += piece.byteLength;
      at += piece.byteLength;
    }
  }

  /** Without copying them: they are hashed while they go to the disk. */
  async #writeDirectly(bytes: Uint8Array): Promise<void> {
    if (this.#filled > 0) await this.#turnOver();
    await this.#writing;
    this.#startWriting(bytes);
    this.#hash.update(bytes);
    await this.#writing;
  }

  /** Hashes the full buffer while the one before is still being written, then has it written and takes the other. */
  async #turnOver(): Promise<void> {
    const full = this.#buffer;
    const bytes = full.subarray(0, this.#filled);
    this.#hash.update(bytes);
    await this.#writing;
    this.#startWriting(bytes);
    this.#buffer = this.#spare ?? takeBuffer();
    this.#spare = full;
    this.#filled = 0;
  }

  #startWriting(bytes: Uint8Array): void {
    this.#file ??= this.#createFile();
    this.#writing = writeFully(this.#file.fd, bytes);
    // A failure is reported by whoever awaits the write next.
    this.#writing.catch(() => undefined);
  }

  #createFile(): { path: string; fd: number } {
    const path = this.#folder.lease.newPath();
    const fd = translating('writing to the store', () => withParent(path, () => openSync(path, 'wx', 0o600)));
    return { path, fd };
  }

  #finishHash(): Digest {
    this.#hash.update(this.#buffer.subarray(0, this.#filled));
    return digestFromHex(this.#hash.digest('hex'));
  }

  /** Takes the place of a blob that is there already: that one may be damaged, this one is not. */
  async #store(path: string): Promise<void> {
    const rest = this.#buffer.subarray(0, this.#filled);
    if (this.#file === undefined) return this.#storeSmall(path, rest);
    await this.#writing;
    await writeFully(this.#file.fd, rest);
    this.#folder.adopt(this.#file.path, path, this.#size);
    this.#folder.use(path); // now, for it may change the file's time
    this.#hashed.add(path, fstatSync(this.#file.fd));
  }

  #storeSmall(path: string, bytes: Buffer): void {
    if (this.#folder.read(path, BUFFER_BYTES)?.equals(bytes)) return;
    this.#folder.write(path, bytes);
  }
}

async function writeFully(fd: number, bytes: Uint8Array): Promise<void> {
  try {
    for (let at = 0; at < bytes.byteLength; ) {
      const { bytesWritten } = await write(fd, bytes, at, bytes.byteLength - at);
      at += bytesWritten;
    }
  } catch (error) {
    throw fromSystemError(error, 'writing to the store');
  }
}
