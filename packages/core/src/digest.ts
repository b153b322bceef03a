import { createHash, type Hash } from 'node:crypto';
import { ContentError } from './errors.ts';

declare const digestBrand: unique symbol;
declare const diffIdBrand: unique symbol;

/** Digest of stored bytes, `sha256:` and 64 lower-case hex digits. */
export type Digest = string & { readonly [digestBrand]: true };
/** Digest of the uncompressed tar of a layer. */
export type DiffId = Digest & { readonly [diffIdBrand]: true };

const DIGEST_PATTERN = /^sha256:[0-9a-f]{64}$/;

/** True of `sha256:` and 64 lower case hexadecimal digits. */
export function isDigest(text: unknown): text is Digest {
  return typeof text === 'string' && DIGEST_PATTERN.test(text);
}

/** @throws {ContentError} when `text` is not a sha256 digest. */
export function parseDigest(text: string): Digest {
  if (!isDigest(text)) {
    throw new ContentError('ERR_TSBUILD_INVALID_DIGEST', `invalid digest ${JSON.stringify(text)}`, {
      hint: 'expected sha256: and 64 lower-case hex digits',
    });
  }
  return text;
}

/** The 64 hex digits of a digest. */
export function digestHex(digest: Digest): string {
  return digest.slice('sha256:'.length);
}

/** The digest of 64 hexadecimal digits. */
export function digestFromHex(hex: string): Digest {
  return parseDigest(`sha256:${hex}`);
}

/** A digest that is known to be of an uncompressed layer tar. */
export function toDiffId(digest: Digest): DiffId {
  return digest as DiffId;
}

/** The SHA-256 of the bytes, or of the text in UTF-8. */
export function digestOf(data: string | Uint8Array): Digest {
  return `sha256:${createHash('sha256').update(data).digest('hex')}` as Digest;
}

/** Counts and hashes the bytes that pass through, leaving them unchanged. */
export class HashTap {
  readonly #hash: Hash = createHash('sha256');
  #size = 0;

  /** Bytes seen so far. */
  get size(): number {
    return this.#size;
  }

  /** Counts and hashes bytes that pass elsewhere. */
  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    this.#size += bytes.byteLength;
  }

  /** Passes on what `source` gives, counted and hashed. */
  async *through(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const bytes of source) {
      this.update(bytes);
      yield bytes;
    }
  }

  /** Digest of all bytes seen. Ends the tap: call it once. */
  digest(): Digest {
    return `sha256:${this.#hash.digest('hex')}` as Digest;
  }
}
