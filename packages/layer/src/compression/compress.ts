import { type ByteStream, UsageError } from '@tsbuild/core';
import type { BlockJob, BlockResult } from './block-job.ts';
import { BlockSource } from './block-source.ts';
import { GzipFrame } from './gzip-frame.ts';

/** How bytes are compressed; the same options make the same bytes on every machine. */
export interface CompressOptions {
  readonly compression: 'gzip' | 'zstd';
  /** gzip 0–9 (default 6), zstd 1–22 (default 3). */
  readonly level?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const LEVELS = { gzip: { standard: 6, min: 0, max: 9 }, zstd: { standard: 3, min: 1, max: 22 } } as const;
/** Less is done before a thread has started. */
const WORTH_A_THREAD_BYTES = 256 * 1024;

/**
 * Compresses over all cores, block by block: one gzip member, or zstd frames in sequence. The output depends on the
 * bytes and the options only, neither on the number of cores nor on the sizes of the chunks. What does not compress is
 * stored. Memory is bounded by a few blocks a core.
 * @throws {UsageError} when the level is out of range
 */
export async function* compress(source: ByteStream, options: CompressOptions): AsyncGenerator<Uint8Array> {
  const { compression, signal } = options;
  const level = checkedLevel(options);
  // Threads and zlib are loaded by builds that compress, and by no others.
  const { MAX_JOBS_IN_FLIGHT, runInWorker } = await import('./worker-pool.ts');
  const { runBlockJob } = await import('./block-job.ts');
  const blocks = new BlockSource(source);
  const frame = compression === 'gzip' ? new GzipFrame() : undefined;
  if (frame !== undefined) yield frame.head();
  const pending: { readonly bytes: number; readonly result: Promise<BlockResult> }[] = [];
  const finishFirst = async (): Promise<Uint8Array> => {
    const first = pending.shift();
    if (first === undefined) throw new Error('no block is on its way');
    const { output, crc, buffer } = await first.result;
    blocks.reuse(buffer);
    frame?.add(crc, first.bytes);
    return output;
  };
  for await (const block of blocks.blocks()) {
    signal?.throwIfAborted();
    const job: BlockJob = { compression, level, ...block };
    // A small last block does not need a thread; a small first one is the last.
    const result = job.bytes < WORTH_A_THREAD_BYTES ? runBlockJob(job) : runInWorker(job);
    // Reported when its turn comes, which may be never.
    result.catch(() => undefined);
    pending.push({ bytes: block.bytes, result });
    if (pending.length >= MAX_JOBS_IN_FLIGHT) yield await finishFirst();
  }
  for (; pending.length > 0; signal?.throwIfAborted()) yield await finishFirst();
  if (frame !== undefined) yield frame.tail();
}

function checkedLevel({ compression, level }: CompressOptions): number {
  const { standard, min, max } = LEVELS[compression];
  if (level === undefined) return standard;
  if (!Number.isInteger(level) || level < min || level > max) {
    throw new UsageError(
      `compression level ${level} is not a whole number from ${min} to ${max}, as ${compression} has`,
    );
  }
  return level;
}
