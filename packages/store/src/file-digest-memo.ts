import { type Digest, digestHex, digestOf } from '@tsbuild/core';
import { DigestTable, type FileIdentity } from './digest-table.ts';
import { seal, unseal } from './sealed.ts';
import type { StoreFolder } from './store-folder.ts';

/** Digests of the files of one context. */
export interface FileDigests {
  get(file: FileIdentity): Digest | undefined;
  /**
   * Remembers the digest of a file whose `lstat` was taken before it was read.
   * `since` is the time (milliseconds since 1970) before that `lstat`: a file that changed within the clock's grain of it could
   * change again unseen, and is not remembered.
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

interface Added {
  readonly file: FileIdentity;
  readonly digest: Digest;
}

/** The saved table, read at the first question, and what was added since. */
class ContextDigests implements FileDigests {
  readonly #folder: StoreFolder;
  readonly #name: string;
  readonly #added = new Map<string, Added>();
  #table: DigestTable | undefined;

  constructor(folder: StoreFolder, name: string) {
    this.#folder = folder;
    this.#name = name;
  }

  get(file: FileIdentity): Digest | undefined {
    const added = this.#added.size === 0 ? undefined : this.#added.get(inodeOf(file));
    if (added !== undefined && sameIdentity(added.file, file)) return added.digest;
    this.#table ??= this.#load();
    return this.#table.find(file);
  }

  set(file: FileIdentity, digest: Digest, since: number): void {
    if (isRacy(file, since)) return;
    const { dev, ino, ctimeNs, mtimeNs, size } = file;
    this.#added.set(inodeOf(file), { file: { dev, ino, ctimeNs, mtimeNs, size }, digest });
  }

  async save(): Promise<void> {
    if (this.#added.size === 0) return;
    this.#table ??= this.#load();
    const table = this.#table.with(this.#added.values());
    this.#folder.write(this.#folder.path(this.#name), seal(this.#name, table.bytes));
    this.#table = table;
    this.#added.clear();
  }

  #load(): DigestTable {
    const sealed = this.#folder.read(this.#folder.path(this.#name), MAX_MEMO_BYTES);
    return new DigestTable(sealed === undefined ? undefined : unseal(this.#name, sealed));
  }
}

const FINE_GRAIN_NS = 100_000_000n;
/** Of file systems that keep whole seconds only (FAT: two). */
const COARSE_GRAIN_NS = 2_000_000_000n;
const SECOND_NS = 1_000_000_000n;

/** Git's rule: a file that changed when it was looked at, as far as the clock can tell, may change again without its times changing. */
function isRacy({ ctimeNs, mtimeNs }: FileIdentity, since: number): boolean {
  const isCoarse = ctimeNs % SECOND_NS === 0n;
  const limit = BigInt(Math.floor(since)) * 1_000_000n - (isCoarse ? COARSE_GRAIN_NS : FINE_GRAIN_NS);
  return ctimeNs >= limit || mtimeNs >= limit;
}

function inodeOf({ dev, ino }: FileIdentity): string {
  return `${dev}:${ino}`;
}

function sameIdentity(a: FileIdentity, b: FileIdentity): boolean {
  return a.ctimeNs === b.ctimeNs && a.mtimeNs === b.mtimeNs && a.size === b.size;
}
