import { type Digest, digestHex, digestOf } from '@tsbuild/core';
import { DigestEntries, DigestTable, type FileIdentity } from './digest-table.ts';
import { seal, unseal } from './sealed.ts';
import type { StoreFolder } from './store-folder.ts';

/** Digests of the files of one context. */
export interface FileDigests {
  /** The digest that the file had when it was this one, where that is certain. */
  get(file: FileIdentity): Digest | undefined;
  /**
   * Remembers the digest of a file whose `lstat` was taken before it was read.
   * `since` is the time (milliseconds since 1970) before that `lstat`: a file that changed within the clock's grain of it could
   * change again unseen, and is not remembered. It is answered for once saved.
   */
  set(file: FileIdentity, digest: Digest, since: number): void;
  /** Writes what was added; does nothing when nothing was. */
  save(): Promise<void>;
}

/** Digests of context files, so that unchanged files are not read again. */
export interface FileDigestMemo {
  /** `contextRoot` is the absolute path of the context. */
  open(contextRoot: string): Promise<FileDigests>;
}

const MAX_MEMO_BYTES = 1024 * 1024 * 1024;

/** One compact file for each context root. */
export class FolderFileDigestMemo implements FileDigestMemo {
  readonly #folder: StoreFolder;

  constructor(folder: StoreFolder) {
    this.#folder = folder;
  }

  async open(contextRoot: string): Promise<FileDigests> {
    return new ContextDigests(this.#folder, `memo/${digestHex(digestOf(contextRoot))}`);
  }
}

/** The saved table, read at the first question, and what was added since. */
class ContextDigests implements FileDigests {
  readonly #folder: StoreFolder;
  readonly #name: string;
  #added = new DigestEntries();
  #table: DigestTable | undefined;

  constructor(folder: StoreFolder, name: string) {
    this.#folder = folder;
    this.#name = name;
  }

  get(file: FileIdentity): Digest | undefined {
    this.#table ??= this.#load();
    return this.#table.find(file);
  }

  set(file: FileIdentity, digest: Digest, since: number): void {
    if (isRacy(file, since) || !Number.isSafeInteger(file.ino)) return;
    this.#added.add(file, digest);
  }

  async save(): Promise<void> {
    if (this.#added.count === 0) return;
    this.#table ??= this.#load();
    const table = this.#table.with(this.#added);
    this.#folder.write(this.#folder.path(this.#name), ...seal(this.#name, table.bytes));
    this.#table = table;
    this.#added = new DigestEntries();
  }

  #load(): DigestTable {
    return new DigestTable(unseal(this.#name, this.#folder.read(this.#folder.path(this.#name), MAX_MEMO_BYTES)));
  }
}

const FINE_GRAIN_MS = 100;
/** Of file systems that keep whole seconds only (FAT: two). */
const COARSE_GRAIN_MS = 2_000;

/** Git's rule: a file that changed when it was looked at, as far as the clock can tell, may change again without its times changing. */
function isRacy({ ctimeMs, mtimeMs }: FileIdentity, since: number): boolean {
  const grain = ctimeMs % 1_000 === 0 ? COARSE_GRAIN_MS : FINE_GRAIN_MS;
  return Math.max(ctimeMs, mtimeMs) >= since - grain;
}
