import { type FileHandle, open } from 'node:fs/promises';
import { type FileChunk, LayerError, NotFoundError } from '@tsbuild/core';
import type { ContentPlace } from '../tar/tar-entry.ts';

/** Where the bytes of a file are. */
export interface StoredContent extends ContentPlace {
  /** Finds the uncompressed tar. The same function means the same tar. */
  readonly tar: () => Promise<string>;
  /** Bytes of the file, the holes of a sparse one included. */
  readonly size: number;
}

interface ContentRequest {
  readonly path: string;
  readonly content: StoredContent;
}

/** Finds each path when it is its turn. @throws {NotFoundError} when it is no file */
export function* requestsFor(
  paths: Iterable<string>,
  contentOf: (path: string) => StoredContent | undefined,
): Generator<ContentRequest> {
  for (const path of paths) {
    const content = contentOf(path);
    if (content === undefined) throw new NotFoundError(`no file ${JSON.stringify(path)}`);
    yield { path, content };
  }
}

const WINDOW_BYTES = 512 * 1024;
/** Files that begin this soon behind the last read are taken to be read in the order of the tar. */
const NEAR_BYTES = 64 * 1024;
const MAX_OPEN_TARS = 8;
const ZEROS = Buffer.alloc(64 * 1024);
const NO_BYTES = Buffer.alloc(0);

/**
 * Streams files from where they lie in uncompressed tars, in the order of the requests. Neighbours come with one read.
 * A tar is opened when its first byte is needed.
 */
export async function* readContents(
  requests: Iterable<ContentRequest>,
  signal: AbortSignal | undefined,
): AsyncGenerator<FileChunk> {
  const windows = new TarWindows();
  try {
    for (const { path, content } of requests) {
      signal?.throwIfAborted();
      if (content.size === 0) yield { path, bytes: NO_BYTES, last: true };
      else yield* readFile(await windows.of(content.tar), path, content, signal);
    }
  } finally {
    await windows.close();
  }
}

async function* readFile(
  window: TarWindow,
  path: string,
  content: StoredContent,
  signal: AbortSignal | undefined,
): AsyncGenerator<FileChunk> {
  const { size } = content;
  let done = 0;
  for await (const bytes of content.extents ? readSparse(window, content) : window.range(content.offset, size)) {
    signal?.throwIfAborted();
    done += bytes.length;
    yield { path, bytes, last: done === size };
  }
}

async function* readSparse(
  window: TarWindow,
  { offset, size, extents = [] }: StoredContent,
): AsyncGenerator<Uint8Array> {
  let done = 0;
  let stored = offset;
  for (const { start, length } of extents) {
    yield* zeros(start - done);
    yield* window.range(stored, length);
    stored += length;
    done = start + length;
  }
  yield* zeros(size - done);
}

function* zeros(count: number): Generator<Uint8Array> {
  for (let left = count; left > 0; left -= ZEROS.length) yield ZEROS.subarray(0, Math.min(ZEROS.length, left));
}

/** The tars in use, the one used longest ago closed when there are many. */
class TarWindows {
  readonly #windows = new Map<StoredContent['tar'], TarWindow>();

  async of(tar: StoredContent['tar']): Promise<TarWindow> {
    const window = this.#windows.get(tar) ?? new TarWindow(tar);
    this.#windows.delete(tar);
    this.#windows.set(tar, window);
    const [[oldest, evicted] = []] = this.#windows;
    if (oldest !== undefined && this.#windows.size > MAX_OPEN_TARS) {
      this.#windows.delete(oldest);
      await evicted?.close();
    }
    return window;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#windows.values()].map((window) => window.close()));
  }
}

/** A stretch of the tar in memory. */
class TarWindow {
  readonly #locate: () => Promise<string>;
  #file: FileHandle | undefined;
  #buffer = NO_BYTES;
  #start = 0;
  #filled = 0;

  constructor(locate: () => Promise<string>) {
    this.#locate = locate;
  }

  /** Up to `wanted` bytes at `offset`, at least one; valid until the next read. */
  async #read(offset: number, wanted: number): Promise<Uint8Array> {
    if (offset < this.#start || offset >= this.#start + this.#filled) await this.#fill(offset, wanted);
    const from = offset - this.#start;
    return this.#buffer.subarray(from, Math.min(from + wanted, this.#filled));
  }

  /** All bytes of a stretch; each piece is valid until the next one is asked for. */
  async *range(offset: number, length: number): AsyncGenerator<Uint8Array> {
    for (let done = 0; done < length; ) {
      const bytes = await this.#read(offset + done, length - done);
      done += bytes.length;
      yield bytes;
    }
  }

  async close(): Promise<void> {
    await this.#file?.close();
  }

  async #fill(offset: number, wanted: number): Promise<void> {
    this.#file ??= await open(await this.#locate());
    const end = this.#start + this.#filled;
    const isAhead = this.#filled > 0 && offset >= end && offset - end < NEAR_BYTES;
    const isBehind = this.#filled > 0 && offset < this.#start && this.#start - offset < WINDOW_BYTES;
    // Archives whose directories are in no order are read to and fro: what is before comes, too.
    const start = isBehind ? Math.max(0, offset - WINDOW_BYTES / 2) : offset;
    const bytes = isAhead || isBehind ? WINDOW_BYTES : Math.min(wanted, WINDOW_BYTES);
    if (this.#buffer.length < bytes) this.#buffer = Buffer.allocUnsafe(bytes);
    const { bytesRead } = await this.#file.read(this.#buffer, 0, bytes, start);
    if (bytesRead <= offset - start)
      throw new LayerError('ERR_TSBUILD_LAYER', 'the tar of a layer is shorter than its index says');
    this.#start = start;
    this.#filled = bytesRead;
  }
}
