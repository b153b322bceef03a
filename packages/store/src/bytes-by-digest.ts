import { type Digest, digestHex } from '@tsbuild/core';
import { seal, unseal } from './sealed.ts';
import type { StoreFolder } from './store-folder.ts';

/** Bytes derived from the content that a digest names, such as the index of a layer's entries. Damaged bytes are a miss. */
export interface BytesByDigest {
  /** What is known under the digest; damaged bytes are none. */
  get(digest: Digest): Promise<Buffer | undefined>;
  /** Keeps the bytes under the digest, which need not be theirs. */
  put(digest: Digest, bytes: Uint8Array): Promise<void>;
}

const MAX_BYTES = 1024 * 1024 * 1024;

/** Sealed files named by digest, in the folder `kind` of the store. */
export class FolderBytesByDigest implements BytesByDigest {
  readonly #folder: StoreFolder;
  readonly #kind: string;

  constructor(folder: StoreFolder, kind: string) {
    this.#folder = folder;
    this.#kind = kind;
  }

  async get(digest: Digest): Promise<Buffer | undefined> {
    const name = this.#name(digest);
    return unseal(name, this.#folder.read(this.#folder.path(name), MAX_BYTES));
  }

  async put(digest: Digest, bytes: Uint8Array): Promise<void> {
    const name = this.#name(digest);
    this.#folder.write(this.#folder.path(name), ...seal(name, bytes));
  }

  #name(digest: Digest): string {
    return `${this.#kind}/${digestHex(digest)}`;
  }
}
