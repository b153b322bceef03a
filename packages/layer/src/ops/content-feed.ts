import { createHash, type Hash } from 'node:crypto';
import { type Digest, type FileChunk, type LayerWriter, TsbuildError } from '@tsbuild/core';

/** Streams files in the order asked for; a tree's `readMany` is one. */
export type ContentFeed = (
  paths: readonly string[],
  options: { readonly signal?: AbortSignal | undefined },
) => AsyncIterable<FileChunk>;

/** What a file must turn out to be. */
export interface ExpectedFile {
  readonly path: string;
  readonly size: number;
  readonly digest?: Digest | undefined;
}

/** Copies files out of a feed, one after the other. */
export class FeedReader implements AsyncDisposable {
  readonly #chunks: AsyncIterator<FileChunk>;

  constructor(chunks: AsyncIterable<FileChunk>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** @throws {TsbuildError} ERR_TSBUILD_CONTEXT_CHANGED when the file is not what was expected */
  async copyTo(writer: LayerWriter, expected: ExpectedFile): Promise<void> {
    const hash = expected.digest === undefined ? undefined : createHash('sha256');
    let size = 0;
    for (let isLast = false; !isLast; ) {
      const { done, value } = await this.#chunks.next();
      if (done) throw sourceChanged(expected.path);
      size += value.bytes.byteLength;
      if (size > expected.size) throw sourceChanged(expected.path);
      hash?.update(value.bytes);
      const written = value.bytes.byteLength > 0 ? writer.content(value.bytes) : undefined;
      if (written !== undefined) await written;
      isLast = value.last;
    }
    if (size !== expected.size || !hasDigest(hash, expected)) throw sourceChanged(expected.path);
  }

  /** Sees to the end of a feed that everything was copied from. */
  async finish(): Promise<void> {
    const { done } = await this.#chunks.next();
    if (done !== true) throw new Error('a feed has more than was asked of it');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#chunks.return?.();
  }
}

function hasDigest(hash: Hash | undefined, { digest }: ExpectedFile): boolean {
  return hash === undefined || `sha256:${hash.digest('hex')}` === digest;
}

/** A file is not what it was when the step's key was made. */
export function sourceChanged(path: string): TsbuildError {
  return new TsbuildError('ERR_TSBUILD_CONTEXT_CHANGED', `"/${path}" changed while it was packed`, {
    hint: 'build again when nothing writes to the files any more',
  });
}
