import { fstatSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ByteStream,
  type CallOptions,
  ContentError,
  type ContentFetcher,
  type ContentPusher,
  type Descriptor,
  type Digest,
  DigestMismatchError,
  digestHex,
  digestOf,
  type Ingest,
  isDigest,
  NotFoundError,
  parseDigest,
  SizeMismatchError,
} from '@tsbuild/core';
import { BlobIngest } from './blob-ingest.ts';
import { HashedFiles } from './hashed-files.ts';
import { READ_FLAGS, type StoreFolder } from './store-folder.ts';
import { rethrowUnlessMiss } from './system-errors.ts';
import { readKnown, readVerified } from './verified-read.ts';

/** Blobs by digest, in `blobs/sha256`. A missing, damaged or foreign file is a blob that is not there. */
export interface BlobStore extends ContentFetcher, ContentPusher {
  /** Starts a blob whose digest is not known yet. Nothing is visible before it is committed. */
  ingest(): Promise<Ingest>;
  /** Size of a blob that is there; it is not read. Marks the blob as used, so that no garbage collection takes it. */
  stat(digest: Digest): Promise<{ readonly size: number } | undefined>;
  /** Digests of all blobs that are there, damaged ones too. Looking marks none as used. */
  digests(): Promise<ReadonlySet<Digest>>;
  /** Where the blob is or would be. Whoever reads it there verifies it. */
  path(digest: Digest): string;
  /**
   * A small blob whole, verified; undefined when it is missing or damaged.
   * @throws {ContentError} ERR_TSBUILD_TOO_LARGE when it has more than `limit` bytes.
   */
  readAll(digest: Digest, limit: number): Promise<Buffer | undefined>;
  /** False when there was nothing to remove. */
  remove(digest: Digest): Promise<boolean>;
}

const SMALL_BYTES = 64 * 1024;

/** How often a blob that this process has used is looked for again: a collector may be about to put it back. */
const ATTEMPTS = 5;
const ATTEMPT_WAIT_MS = 4;

/** The blobs of one store folder. */
export class FolderBlobStore implements BlobStore {
  readonly #folder: StoreFolder;
  readonly #hashed = new HashedFiles();

  constructor(folder: StoreFolder) {
    this.#folder = folder;
  }

  path(digest: Digest): string {
    return this.#folder.path('blobs', 'sha256', digestHex(parseDigest(digest)));
  }

  async ingest(): Promise<Ingest> {
    return new BlobIngest(this.#folder, (digest) => this.path(digest), this.#hashed);
  }

  async stat(digest: Digest): Promise<{ size: number } | undefined> {
    const stat = await this.#retry(this.path(digest), async (path) => this.#folder.use(path));
    return stat?.isFile() ? { size: stat.size } : undefined;
  }

  async digests(): Promise<ReadonlySet<Digest>> {
    const digests = this.#folder.names('blobs', 'sha256').map((name) => `sha256:${name}`);
    return new Set(digests.filter(isDigest));
  }

  async exists(target: Descriptor): Promise<boolean> {
    return (await this.stat(target.digest))?.size === target.size;
  }

  async fetch(target: Descriptor, { signal }: CallOptions = {}): Promise<ByteStream> {
    signal?.throwIfAborted();
    const { digest, size } = target;
    const stat = await this.stat(digest);
    if (stat?.size === size && size <= SMALL_BYTES) return this.#fetchSmall(target);
    const file = stat === undefined ? undefined : await this.#open(digest);
    if (file === undefined) throw notFound(digest);
    const actual = fstatSync(file.fd);
    const path = this.path(digest);
    if (actual.size === size && this.#hashed.has(path, actual)) return readKnown(file, size, signal);
    const stream = readVerified(
      file,
      { ...target, size: actual.size },
      {
        onDamage: () => this.#removeDamaged(digest, actual.ino),
        onGood: () => this.#hashed.add(path, actual),
        signal,
      },
    );
    if (actual.size === size) return stream;
    // Either the blob is damaged, which this finds out, or the descriptor is wrong.
    for await (const _ of stream);
    throw new SizeMismatchError(size, actual.size);
  }

  async push(target: Descriptor, content: ByteStream, { signal }: CallOptions = {}): Promise<void> {
    if (await this.exists(target)) return await discard(content);
    await using ingest = await this.ingest();
    let size = 0;
    for await (const bytes of content) {
      signal?.throwIfAborted();
      size += bytes.byteLength;
      if (size > target.size) throw new SizeMismatchError(target.size, size);
      await ingest.write(bytes);
    }
    await ingest.commit(target);
  }

  async readAll(digest: Digest, limit: number): Promise<Buffer | undefined> {
    const stat = await this.stat(digest);
    if (stat === undefined) return undefined;
    if (stat.size > limit) {
      throw new ContentError('ERR_TSBUILD_TOO_LARGE', `blob ${digest} has ${stat.size} bytes, more than ${limit}`);
    }
    const bytes = this.#folder.read(this.path(digest), limit);
    if (bytes === undefined || digestOf(bytes) === digest) return bytes;
    this.#removeDamaged(digest);
    return undefined;
  }

  async remove(digest: Digest): Promise<boolean> {
    return this.#folder.remove(this.path(digest));
  }

  /** Reading at once is faster than streaming. */
  async #fetchSmall({ digest, size }: Descriptor): Promise<ByteStream> {
    const bytes = this.#folder.read(this.path(digest), size);
    if (bytes === undefined) throw notFound(digest);
    const actual = digestOf(bytes);
    if (actual === digest) return single(bytes);
    this.#removeDamaged(digest);
    throw new DigestMismatchError(digest, actual);
  }

  #open(digest: Digest): Promise<FileHandle | undefined> {
    return this.#retry(this.path(digest), (path) => open(path, READ_FLAGS).catch(rethrowUnlessMiss));
  }

  async #retry<T>(path: string, look: (path: string) => Promise<T | undefined>): Promise<T | undefined> {
    for (let attempt = 1; ; attempt += 1) {
      const found = await look(path);
      if (found !== undefined || attempt === ATTEMPTS || !this.#folder.hasUsed(path)) return found;
      await sleep(ATTEMPT_WAIT_MS);
    }
  }

  /** `inode` says which file was found damaged: a good one may have taken its place. */
  #removeDamaged(digest: Digest, inode?: number): void {
    const path = this.path(digest);
    if (inode !== undefined && this.#folder.use(path)?.ino !== inode) return;
    try {
      this.#folder.remove(path);
    } catch {
      // A store that cannot be written to keeps the damaged blob; the caller learns of the damage all the same.
    }
  }
}

function notFound(digest: Digest): NotFoundError {
  return new NotFoundError(`blob ${digest} is not in the store`);
}

async function* single(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Ends a stream that nobody will read, so that what feeds it is released. */
async function discard(content: ByteStream): Promise<void> {
  await content[Symbol.asyncIterator]().return?.();
}
