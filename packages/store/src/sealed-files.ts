import type { Stats } from 'node:fs';
import { sealJson, unsealJson } from './sealed.ts';
import type { StoreFolder } from './store-folder.ts';

/** Bytes of files whose values are remembered at most; larger files are not. */
const MAX_REMEMBERED_BYTES = 16 * 1024 * 1024;
const MAX_FILE_BYTES = 64 * 1024;

/** What tells that a file is still the one that was read: files of the store are replaced, never written to. */
type Identity = Pick<Stats, 'dev' | 'ino' | 'size' | 'ctimeMs'>;

interface Remembered extends Identity {
  readonly value: unknown;
}

/**
 * Values in sealed files, by name. A file that is what it was when it was last read costs one `lstat`: a build that stays
 * open for long asks for the same records again and again. Values belong to all who read them and must not be changed.
 */
export class SealedFiles {
  readonly #folder: StoreFolder;
  readonly #remembered = new Map<string, Remembered>();
  #bytes = 0;

  constructor(folder: StoreFolder) {
    this.#folder = folder;
  }

  /** The value of a file of at most `limit` bytes, which is marked as used; undefined when it is missing or damaged. */
  read(name: string, limit: number): unknown {
    const path = this.#folder.path(name);
    const stat = this.#folder.use(path);
    if (stat === undefined) return undefined;
    const known = this.#remembered.get(name);
    if (known !== undefined && isSame(known, stat)) return known.value;
    const value = unsealJson(name, this.#folder.readUsed(path, stat, limit));
    if (value !== undefined) this.#remember(name, stat, value);
    return value;
  }

  /** As {@link read}, without marking the file. */
  peek(name: string, limit: number): unknown {
    return unsealJson(name, this.#folder.peekText(this.#folder.path(name), limit));
  }

  write(name: string, value: unknown): void {
    this.#folder.write(this.#folder.path(name), sealJson(name, value));
  }

  /** What was looked at before it was read may have been replaced in between; then it is not the same the next time either. */
  #remember(name: string, { dev, ino, size, ctimeMs }: Stats, value: unknown): void {
    this.#forget(name);
    if (size > MAX_FILE_BYTES) return;
    this.#remembered.set(name, { dev, ino, size, ctimeMs, value });
    this.#bytes += size;
    for (const oldest of this.#remembered.keys()) {
      if (this.#bytes <= MAX_REMEMBERED_BYTES) return;
      this.#forget(oldest);
    }
  }

  #forget(name: string): void {
    this.#bytes -= this.#remembered.get(name)?.size ?? 0;
    this.#remembered.delete(name);
  }
}

function isSame(known: Identity, { dev, ino, size, ctimeMs }: Stats): boolean {
  return known.ino === ino && known.ctimeMs === ctimeMs && known.size === size && known.dev === dev;
}
