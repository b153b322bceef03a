import { type BigIntStats, lstatSync } from 'node:fs';
import { type Digest, digestHex, digestOf, systemErrorCode } from '@tsbuild/core';
import { SealedFiles } from './sealed-files.ts';
import type { StoreFolder } from './store-folder.ts';

/** What tells a file from any other, and from itself after somebody has touched it; `BigIntStats` is one. */
export type WrittenFile = Pick<BigIntStats, 'dev' | 'ino' | 'size' | 'mtimeNs' | 'ctimeNs'>;

/** Files that were written outside the store, so that the same need not be written there again. */
export interface WrittenFiles {
  /** True when the file at `path` is the one that was remembered with `content`, and nothing has touched it since. */
  has(path: string, content: Digest): Promise<boolean>;
  /**
   * Remembers what the file at the absolute `path` was written from, in the place of what was remembered of it. `file` was
   * looked at in its place, through its descriptor, and `mtimeNs` is what the writer set it to after the last byte: the time of a later
   * write is another, even within one tick of the clock. Nothing is remembered where the clock of the file system is coarse.
   */
  put(path: string, file: WrittenFile, content: Digest): Promise<void>;
}

const MAX_BYTES = 4096;
const COARSE_NS = 1_000_000n;

/** One small file for each path. */
export class FolderWrittenFiles implements WrittenFiles {
  readonly #files: SealedFiles;

  constructor(folder: StoreFolder) {
    this.#files = new SealedFiles(folder);
  }

  async has(path: string, content: Digest): Promise<boolean> {
    const file = lookAtFile(path);
    return file !== undefined && this.#files.read(nameOf(path), MAX_BYTES) === recordOf(file, content);
  }

  async put(path: string, file: WrittenFile, content: Digest): Promise<void> {
    if (file.ctimeNs % COARSE_NS === 0n) return;
    this.#files.write(nameOf(path), recordOf(file, content));
  }
}

function lookAtFile(path: string): BigIntStats | undefined {
  try {
    const found = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    return found?.isFile() === true ? found : undefined;
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return undefined;
  }
}

function nameOf(path: string): string {
  return `memo/${digestHex(digestOf(`written ${path}`))}`;
}

function recordOf({ dev, ino, size, mtimeNs, ctimeNs }: WrittenFile, content: Digest): string {
  return `${dev} ${ino} ${size} ${mtimeNs} ${ctimeNs} ${content}`;
}
