import {
  closeSync,
  constants,
  lutimesSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { systemErrorCode } from '@tsbuild/core';
import type { Lease } from './lease.ts';
import { lookAt, rethrowUnlessMiss, translating, unless, withParent } from './system-errors.ts';
import { Unsynced } from './unsynced.ts';

/** Never follows a link out of the store, never waits for the other end of a fifo. */
export const READ_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * The files of a store: read whole, written atomically. A file's mtime is the time of its last use; reading sets it once in each
 * period of the lease, which is what protects the file from garbage collection in other processes.
 */
export class StoreFolder {
  readonly root: string;
  readonly lease: Lease;
  readonly #unsynced: Unsynced;
  /** Since the present period of the lease began. */
  readonly #used = new Set<string>();
  #usedSince = 0;
  #bytesWritten = 0;

  constructor(root: string, lease: Lease) {
    this.root = root;
    this.lease = lease;
    this.#unsynced = new Unsynced(root);
  }

  /** The names are our own and clean, so that nothing needs normalising. */
  path(...names: readonly string[]): string {
    return `${this.root}/${names.join('/')}`;
  }

  /** Names in a folder of the store; none when it is not there. */
  names(...folder: readonly string[]): string[] {
    try {
      return readdirSync(this.path(...folder));
    } catch (error) {
      return rethrowUnlessMiss(error) ?? [];
    }
  }

  /** Bytes of the files that this process added. */
  get bytesWritten(): number {
    return this.#bytesWritten;
  }

  /** A regular file of at most `limit` bytes; anything else is a miss. Marks the file as used. */
  read(path: string, limit: number): Buffer | undefined {
    return isFile(this.use(path), limit) ? readOrMiss(() => readFileSync(path)) : undefined;
  }

  /** Text of what {@link use} found: a regular file of at most `limit` bytes; anything else is a miss. */
  readUsed(path: string, stat: Stats, limit: number): string | undefined {
    return isFile(stat, limit) ? readOrMiss(() => readFileSync(path, 'utf8')) : undefined;
  }

  /** As {@link read}, without marking the file. */
  peek(path: string, limit: number): Buffer | undefined {
    return isFile(lookAt(path), limit) ? readOrMiss(() => readFileSync(path)) : undefined;
  }

  /** As {@link peek}, for text. */
  peekText(path: string, limit: number): string | undefined {
    return this.peek(path, limit)?.toString('utf8');
  }

  /** Marks a file or folder as used. Returns what is there, or undefined when nothing is. */
  use(path: string): Stats | undefined {
    const stat = lookAt(path);
    if (stat === undefined || stat.isSymbolicLink()) return undefined;
    // The mark is set by name: when the file is collected at this very moment, this fails and the file is a miss.
    if (stat.mtimeMs < this.#since() && !touch(path)) return undefined;
    this.#used.add(path);
    return stat;
  }

  /** True when this process has used the path, so that its absence can only be a collector's mistake about to be undone. */
  hasUsed(path: string): boolean {
    return this.#used.has(path);
  }

  /** Replaces or makes the file at `path` of one or several pieces, atomically. */
  write(path: string, ...pieces: readonly (Uint8Array | string)[]): void {
    const temporary = this.lease.newPath();
    translating('writing to the store', () => {
      try {
        withParent(temporary, () => writePieces(temporary, pieces));
        this.#adopt(temporary, path, lengthOf(pieces));
      } catch (error) {
        this.discard(temporary);
        throw error;
      }
    });
  }

  /** Moves a finished file of `size` bytes from the scratch space to its place. */
  adopt(temporary: string, path: string, size: number): void {
    translating('writing to the store', () => this.#adopt(temporary, path, size));
  }

  /** Unlinks a file of the scratch space that may not exist. */
  discard(temporary: string): void {
    unless(['ENOENT', 'EROFS', 'EACCES'], () => unlinkSync(temporary));
  }

  /** False when there was nothing. */
  remove(path: string): boolean {
    this.#used.delete(path);
    this.#unsynced.delete(path);
    return translating('removing from the store', () => {
      if (lookAt(path) === undefined) return false;
      rmSync(path, { recursive: true, force: true });
      return true;
    });
  }

  /** Makes all that was written so far survive a power failure. */
  async flush(): Promise<void> {
    await this.#unsynced.flush();
  }

  #since(): number {
    const { since } = this.lease;
    if (since !== this.#usedSince) this.#used.clear();
    this.#usedSince = since;
    return since;
  }

  #adopt(temporary: string, path: string, size: number): void {
    this.#since();
    withParent(path, () => replace(temporary, path));
    this.#unsynced.add(path);
    this.#used.add(path);
    this.#bytesWritten += size;
  }
}

function writePieces(path: string, pieces: readonly (Uint8Array | string)[]): void {
  const fd = openSync(path, 'wx', 0o600);
  try {
    for (const piece of pieces) writeFileSync(fd, piece);
  } finally {
    closeSync(fd);
  }
}

function lengthOf(pieces: readonly (Uint8Array | string)[]): number {
  return pieces.reduce((total, piece) => total + Buffer.byteLength(piece), 0);
}

function isFile(stat: Stats | undefined, limit: number): boolean {
  return stat?.isFile() === true && stat.size <= limit;
}

function readOrMiss<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    return rethrowUnlessMiss(error);
  }
}

/**
 * False when nothing is there any more. A store that cannot be written to still serves. The mark is half a millisecond late: seconds
 * that are written as a fraction may come out below the very millisecond at which the lease began.
 */
function touch(path: string): boolean {
  const seconds = (Date.now() + 0.5) / 1000;
  try {
    lutimesSync(path, seconds, seconds);
    return true;
  } catch (error) {
    if (['EPERM', 'EACCES', 'EROFS'].includes(systemErrorCode(error) ?? '')) return true;
    return rethrowUnlessMiss(error) ?? false;
  }
}

/** Junk in the way, such as a folder under the name of a blob, gives way. */
function replace(temporary: string, path: string): void {
  try {
    renameSync(temporary, path);
  } catch (error) {
    if (!['EISDIR', 'ENOTEMPTY', 'EEXIST'].includes(systemErrorCode(error) ?? '')) throw error;
    rmSync(path, { recursive: true, force: true });
    renameSync(temporary, path);
  }
}
