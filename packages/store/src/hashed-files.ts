import type { Stats } from 'node:fs';

type FileStats = Pick<Stats, 'dev' | 'ino' | 'size' | 'mtimeMs' | 'ctimeMs'>;

/** Files that this process has hashed, which need not be hashed again as long as nothing has touched them. */
export class HashedFiles {
  readonly #files = new Map<string, string>();

  /** `stats` were taken before the file was hashed, or of the file that was written while it was hashed. */
  add(path: string, stats: FileStats): void {
    this.#files.set(path, identityOf(stats));
  }

  has(path: string, stats: FileStats): boolean {
    return this.#files.get(path) === identityOf(stats);
  }
}

/** The change time cannot be set back. */
function identityOf({ dev, ino, size, mtimeMs, ctimeMs }: FileStats): string {
  return `${dev} ${ino} ${size} ${mtimeMs} ${ctimeMs}`;
}
