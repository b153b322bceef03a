import { createHash, type Hash, hash } from 'node:crypto';

/** Hex SHA-256 of one file after the other. A file that comes in one piece is hashed in one call, which is faster. */
export class FileDigest {
  #hash: Hash | undefined;
  #whole: string | undefined;

  /** The next bytes; `isWhole` when they are all of the file's. */
  update(bytes: Uint8Array, isWhole: boolean): void {
    if (isWhole) {
      this.#whole = hash('sha256', bytes, 'hex');
      return;
    }
    this.#hash ??= createHash('sha256');
    this.#hash.update(bytes);
  }

  /** Digest of the bytes since the last call. */
  finish(): string {
    const digest = this.#whole ?? this.#hash?.digest('hex') ?? EMPTY_DIGEST;
    this.#whole = undefined;
    this.#hash = undefined;
    return digest;
  }
}

/** Hex SHA-256 of nothing. */
export const EMPTY_DIGEST = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
