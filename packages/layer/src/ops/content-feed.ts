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
      if (done) throw changed(expected);
      size += value.bytes.byteLength;
      if (size > expected.size) throw changed(expected);
      hash?.update(value.bytes);
      const written = value.bytes.byteLength > 0 ? writer.content(value.bytes) : undefined;
      if (written !== undefined) await written;
      isLast = value.last;
    }
    if (size !== expected.size || !hasDigest(hash, expected)) throw changed(expected);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#chunks.return?.();
  }
}

function hasDigest(hash: Hash | undefined, { digest }: ExpectedFile): boolean {
  return hash === undefined || `sha256:${hash.digest('hex')}` === digest;
}

function changed({ path }: ExpectedFile): TsbuildError {
  return new TsbuildError('ERR_TSBUILD_CONTEXT_CHANGED', `"/${path}" changed while it was packed`, {
    hint: 'build again when nothing writes to the files any more',
  });
}
