import { type ByteStream, LayerError } from '@tsbuild/core';
import { type Compression, DETECT_BYTES, detectCompression } from './detect.ts';

/** How much may come out, where the input is not trusted. */
export interface DecompressOptions {
  /** Most bytes that may come out. @default no limit */
  readonly maxBytes?: number | undefined;
  /** Most bytes out for each byte in, once 16 MiB have come out. @default no limit */
  readonly maxRatio?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Each piece is a turn of another thread, which costs more than it decompresses when pieces are small. */
const INPUT_CHUNK_BYTES = 256 * 1024;
const OUTPUT_CHUNK_BYTES = 512 * 1024;
const READ_AHEAD_CHUNKS = 2;
/** A few kilobytes of zeros are no bomb. */
const RATIO_FREE_BYTES = 16 * 1024 * 1024;

/**
 * The plain bytes of a stream, told by its first bytes: gzip of any number of members, zstd, bzip2, xz; anything else
 * passes unchanged. xz and bzip2 are left to the tools of that name. The source may use the memory of a chunk again once
 * it is asked for the next.
 * @throws {LayerError} ERR_TSBUILD_COMPRESSION for damaged data or a missing tool, ERR_TSBUILD_TOO_LARGE beyond a limit
 */
export async function* decompress(source: ByteStream, options: DecompressOptions = {}): AsyncGenerator<Uint8Array> {
  const counter = new RatioGuard(options);
  const { start, whole } = await peek(counter.input(source));
  for await (const bytes of await expand(detectCompression(start), whole, options.signal)) {
    options.signal?.throwIfAborted();
    counter.output(bytes.length);
    yield bytes;
  }
}

/** Each kind loads what it needs: most builds unpack nothing. */
async function expand(
  compression: Compression,
  source: ByteStream,
  signal: AbortSignal | undefined,
): Promise<ByteStream> {
  switch (compression) {
    case 'none':
      return copied(source);
    case 'gzip':
      return gunzip(source);
    case 'zstd':
      return (await import('./unzstd.ts')).unzstd(copied(source));
    case 'bzip2':
    case 'xz':
      return (await import('./external-tool.ts')).throughTool(compression, copied(source), signal);
    default:
      return compression satisfies never;
  }
}

async function gunzip(source: ByteStream): Promise<ByteStream> {
  const { createGunzip } = await import('node:zlib');
  const { throughTransform } = await import('./through-transform.ts');
  // A piece is more than the stream buffers, so the next one is asked for when it has been read.
  const pieces = inPieces(source, INPUT_CHUNK_BYTES);
  // While a piece is read the next ones are made. They are read as they are: a stream of bytes would copy them into one.
  const options = {
    chunkSize: OUTPUT_CHUNK_BYTES,
    readableObjectMode: true,
    readableHighWaterMark: READ_AHEAD_CHUNKS,
  };
  return throughTransform(pieces, createGunzip(options), 'gzip');
}

/** The same bytes in pieces of `size`, the last one shorter, all in one buffer: each is valid until the next is asked for. */
async function* inPieces(source: ByteStream, size: number): AsyncGenerator<Uint8Array> {
  const piece = Buffer.allocUnsafeSlow(size);
  let filled = 0;
  for await (const bytes of source) {
    for (let at = 0; at < bytes.length; ) {
      const part = bytes.subarray(at, at + size - filled);
      piece.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < size) continue;
      yield piece;
      filled = 0;
    }
  }
  if (filled > 0) yield piece.subarray(0, filled);
}

/** For readers who may still have a chunk when they ask for the next. */
async function* copied(source: ByteStream): AsyncGenerator<Uint8Array> {
  for await (const bytes of source) yield Buffer.from(bytes);
}

/** The first bytes of a stream, and a stream that still has them. */
async function peek(source: ByteStream): Promise<{ start: Uint8Array; whole: ByteStream }> {
  const iterator = source[Symbol.asyncIterator]();
  const pieces: Uint8Array[] = [];
  for (let length = 0; length < DETECT_BYTES; ) {
    const { done, value } = await iterator.next();
    if (done === true) break;
    // A copy: the source may reuse its buffer when it is asked for more.
    pieces.push(new Uint8Array(value));
    length += value.length;
  }
  return { start: Buffer.concat(pieces).subarray(0, DETECT_BYTES), whole: resume(pieces, iterator) };
}

async function* resume(pieces: readonly Uint8Array[], rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* pieces;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

class RatioGuard {
  readonly #maxBytes: number;
  readonly #maxRatio: number;
  #in = 0;
  #out = 0;

  constructor({ maxBytes = Number.POSITIVE_INFINITY, maxRatio = Number.POSITIVE_INFINITY }: DecompressOptions) {
    this.#maxBytes = maxBytes;
    this.#maxRatio = maxRatio;
  }

  async *input(source: ByteStream): AsyncGenerator<Uint8Array> {
    for await (const bytes of source) {
      this.#in += bytes.length;
      yield bytes;
    }
  }

  output(bytes: number): void {
    this.#out += bytes;
    if (this.#out > this.#maxBytes) throw tooLarge(`more than ${this.#maxBytes} bytes`);
    if (this.#out > RATIO_FREE_BYTES && this.#out > this.#in * this.#maxRatio) {
      throw tooLarge(`more than ${this.#maxRatio} times its size`);
    }
  }
}

function tooLarge(amount: string): LayerError {
  return new LayerError('ERR_TSBUILD_TOO_LARGE', `compressed data refused: it expands to ${amount}`);
}
