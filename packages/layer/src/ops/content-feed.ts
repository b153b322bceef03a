import { type FileChunk, type LayerWriter, TsbuildError } from '@tsbuild/core';

/** Streams files in the order asked for; a tree's `readMany` is one. */
export type ContentFeed = (
  paths: readonly string[],
  options: { readonly signal?: AbortSignal | undefined },
) => AsyncIterable<FileChunk>;

/** Copies files out of a feed, one after the other. */
export class FeedReader implements AsyncDisposable {
  readonly #chunks: AsyncIterator<FileChunk>;

  constructor(chunks: AsyncIterable<FileChunk>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** @throws {TsbuildError} ERR_TSBUILD_CONTEXT_CHANGED when the file has another size */
  async copyTo(writer: LayerWriter, file: { readonly path: string; readonly size: number }): Promise<void> {
    let missing = file.size;
    for (let isLast = false; !isLast; ) {
      const { done, value } = await this.#chunks.next();
      if (done) throw sourceChanged(file.path);
      missing -= value.bytes.byteLength;
      if (missing < 0) throw sourceChanged(file.path);
      const written = value.bytes.byteLength > 0 ? writer.content(value.bytes) : undefined;
      if (written !== undefined) await written;
      isLast = value.last;
    }
    if (missing > 0) throw sourceChanged(file.path);
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

/** A file is not what it was when the step's key was made. */
export function sourceChanged(path: string): TsbuildError {
  return new TsbuildError('ERR_TSBUILD_CONTEXT_CHANGED', `"/${path}" changed while it was packed`, {
    hint: 'build again when nothing writes to the files any more',
  });
}
