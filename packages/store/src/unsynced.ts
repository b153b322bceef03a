import { dirname } from 'node:path';
import { syncPaths } from './durability.ts';

/** As many wait for a flush; folders in which something is written again and again are always among them. */
const LATEST = 64;

/**
 * What a power failure may still undo: files, and the folders that name them. Where much is written the oldest are written
 * through one by one meanwhile, so that a flush has little left to do.
 */
export class Unsynced {
  readonly #root: string;
  /** In the order of their last changes. */
  readonly #paths = new Set<string>();
  #ahead: Promise<void> | undefined;

  constructor(root: string) {
    this.#root = root;
  }

  /** How many a flush would write through. */
  get size(): number {
    return this.#paths.size;
  }

  /** A file below the root was made or replaced: any folder above it may be new, the root too. */
  add(path: string): void {
    for (let changed = path; changed.length > this.#root.length; changed = dirname(changed)) this.#moveToEnd(changed);
    this.#moveToEnd(this.#root);
    if (this.#ahead !== undefined || this.#paths.size <= LATEST) return;
    this.#ahead = this.#syncOldest();
    this.#ahead.catch(() => undefined); // a flush tells
  }

  /** Nothing is there any more. */
  delete(path: string): void {
    this.#paths.delete(path);
  }

  /** @throws what went wrong since the last flush, of which the system tells only once; everything is tried again by the next */
  async flush(): Promise<void> {
    const paths = [...this.#paths];
    this.#paths.clear();
    try {
      await this.#ahead;
      await syncPaths(paths);
    } catch (error) {
      for (const path of paths) this.#paths.add(path);
      throw error;
    } finally {
      this.#ahead = undefined;
    }
  }

  #moveToEnd(path: string): void {
    this.#paths.delete(path);
    this.#paths.add(path);
  }

  /** After a failure it stays rejected, and nothing is done ahead of a flush. */
  async #syncOldest(): Promise<void> {
    for (const path of this.#paths) {
      if (this.#paths.size <= LATEST) break;
      this.#paths.delete(path);
      try {
        await syncPaths([path]);
      } catch (error) {
        this.#paths.add(path);
        throw error;
      }
    }
    this.#ahead = undefined;
  }
}
