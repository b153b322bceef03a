import type { FileTree } from '@tsbuild/core';

export interface WantedText<T> {
  readonly path: string;
  /** Larger files are left out. */
  readonly limit: number;
  /** Given back with the text. */
  readonly file: T;
}

export interface TextReader {
  /** The texts of files in the order asked for; one that is too large or damaged is a note. */
  read<T>(wanted: Iterable<WantedText<T>>): AsyncGenerator<{ readonly text: string; readonly file: T }>;
}

/** Files that are read from the tree together, so that it is gone through once for many. */
const BATCH_FILES = 512;
const BATCH_BYTES = 128 * 1024 * 1024;

/** Reads small files whole. Sizes are counted while they stream, whatever the tree claims. */
export function createTextReader(tree: FileTree, notes: string[], signal: AbortSignal | undefined): TextReader {
  return {
    async *read(wanted) {
      for (const batch of batches(withinLimit(wanted, tree, notes), tree)) {
        yield* readBatch(batch, tree, notes, signal);
      }
    },
  };
}

function* withinLimit<T>(wanted: Iterable<WantedText<T>>, tree: FileTree, notes: string[]): Generator<WantedText<T>> {
  for (const one of wanted) {
    const size = tree.lookup(one.path)?.size ?? 0;
    if (size <= one.limit) yield one;
    else notes.push(tooLarge(one.path, one.limit));
  }
}

function* batches<T>(wanted: Iterable<WantedText<T>>, tree: FileTree): Generator<WantedText<T>[]> {
  let batch: WantedText<T>[] = [];
  let bytes = 0;
  for (const one of wanted) {
    batch.push(one);
    bytes += tree.lookup(one.path)?.size ?? 0;
    if (batch.length < BATCH_FILES && bytes < BATCH_BYTES) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
}

async function* readBatch<T>(
  batch: readonly WantedText<T>[],
  tree: FileTree,
  notes: string[],
  signal: AbortSignal | undefined,
): AsyncGenerator<{ text: string; file: T }> {
  const paths = batch.map(({ path }) => path);
  let at = 0;
  let chunks: Buffer[] = [];
  let size = 0;
  for await (const { bytes, last } of tree.readMany(paths, { signal })) {
    const one = batch[at];
    if (one === undefined) throw new Error('a tree gave more files than it was asked for');
    size += bytes.byteLength;
    if (size <= one.limit) chunks.push(Buffer.from(bytes));
    if (!last) continue;
    if (size <= one.limit) yield { text: Buffer.concat(chunks).toString('utf8'), file: one.file };
    else notes.push(tooLarge(one.path, one.limit));
    at += 1;
    chunks = [];
    size = 0;
  }
}

function tooLarge(path: string, limit: number): string {
  return `${path} is larger than ${limit} bytes and was not read`;
}
