import { type Digest, type FileChunk, joinPath, NotFoundError, parentPath, type TreeEntry } from '@tsbuild/core';
import type { FileIdentity } from '@tsbuild/store';
import type { IgnoredBy } from '../graph.ts';
import type { ContextOptions, ContextTree, ReadOptions } from './context-types.ts';
import { hashFiles } from './hash-files.ts';
import { createKeptBytes } from './kept-bytes.ts';
import { listDirectory } from './list-directory.ts';
import { type LocalEntry, lstatEntry } from './local-entry.ts';
import { type LocalFile, readLargeFile, readSmallFile, SMALL_FILE_BYTES } from './read-local-file.ts';

/** Whoever asks for digests mostly packs the files next. */
const KEPT_MEBIBYTES = 64;

/** A folder as a tree, read as far as it is asked about. */
export class LocalContext implements ContextTree {
  readonly #root: string;
  readonly #options: ContextOptions;
  /** When nothing had been looked at yet. */
  readonly #since = Date.now();
  /** Paths that are directories on disk, ignored or not. */
  readonly #directories = new Set(['']);
  /** What the tree has; null where it has nothing. */
  readonly #entries = new Map<string, TreeEntry | null>();
  readonly #names = new Map<string, readonly string[]>();
  /** First name of files that have several, by device and inode. */
  readonly #firstNames = new Map<string, string>();
  /** Of files whose digest has not been asked for yet, for the memo. */
  readonly #identities = new Map<string, FileIdentity>();
  readonly #digests = new Map<string, Digest>();
  readonly #kept = createKeptBytes(KEPT_MEBIBYTES);

  constructor(root: string, options: ContextOptions) {
    this.#root = root;
    this.#options = options;
  }

  lookup(path: string): TreeEntry | undefined {
    const known = this.#entries.get(path);
    if (known !== undefined) return known ?? undefined;
    const entry = this.#look(path);
    this.#entries.set(path, entry ?? null);
    return entry;
  }

  list(path: string): readonly string[] {
    const known = this.#names.get(path);
    if (known !== undefined) return known;
    const isDirectory = this.lookup(path)?.type === 'directory';
    const names = isDirectory ? this.#visibleNames(path) : [];
    this.#names.set(path, names);
    return names;
  }

  ignoredBy(path: string): IgnoredBy | undefined {
    if (this.lookup(path) !== undefined || this.#lstat(path) === undefined) return undefined;
    const { ignores, ignoreFile: file = '.dockerignore' } = this.#options;
    const decision = ignores?.explain(path);
    return decision === undefined ? undefined : { file, line: decision.line, pattern: decision.pattern };
  }

  async *readMany(paths: Iterable<string>, { signal }: ReadOptions = {}): AsyncGenerator<FileChunk> {
    const buffer = Buffer.allocUnsafeSlow(SMALL_FILE_BYTES + 1);
    for (const path of paths) {
      signal?.throwIfAborted();
      const file = this.#file(path);
      const kept = this.#kept.take(path, file.size);
      if (kept !== undefined) yield { path, bytes: kept, last: true };
      else if (file.size <= SMALL_FILE_BYTES) yield { path, bytes: readSmallFile(file, buffer), last: true };
      else yield* readChunks(file, signal);
    }
  }

  async digests(paths: readonly string[], options: ReadOptions = {}): Promise<ReadonlyMap<string, Digest>> {
    const unknown: string[] = [];
    for (const path of paths) {
      this.#sizeOf(path);
      if (!this.#digests.has(path)) unknown.push(path);
    }
    await hashFiles(this.#files(unknown), options, ({ path }, digest, smallBytes) => {
      this.#remember(path, digest);
      if (smallBytes !== undefined) this.#kept.keep(path, smallBytes);
    });
    return this.#digests;
  }

  /** Answers without the cache. An ignored directory is there if something below it is. */
  #look(path: string): TreeEntry | undefined {
    const { ignores } = this.#options;
    const isIgnored = path !== '' && ignores?.ignores(path) === true;
    if (isIgnored && ignores.canSkip(path)) return undefined;
    const found = this.#lstat(path);
    if (found === undefined) return undefined;
    if (!isIgnored) return this.#withFirstName(found);
    return found.entry.type === 'directory' && this.#visibleNames(path).length > 0 ? found.entry : undefined;
  }

  #lstat(path: string): LocalEntry | undefined {
    if (!this.#isDirectory(path === '' ? '' : parentPath(path))) return undefined;
    const found = lstatEntry(this.#place(path), path);
    if (found?.entry.type === 'directory') this.#directories.add(path);
    return found;
  }

  /** Links are not followed: a path below one leads nowhere. */
  #isDirectory(path: string): boolean {
    return this.#directories.has(path) || this.#lstat(path)?.entry.type === 'directory';
  }

  #visibleNames(directory: string): string[] {
    return listDirectory(this.#place(directory)).filter((name) => this.lookup(joinPath(directory, name)) !== undefined);
  }

  #withFirstName({ entry, identity, isLinked }: LocalEntry): TreeEntry {
    if (entry.type === 'file') this.#recognise(entry.path, identity);
    if (!isLinked) return entry;
    const inode = `${identity.dev}:${identity.ino}`;
    const firstName = this.#firstNames.get(inode);
    if (firstName !== undefined) return { ...entry, hardlink: firstName };
    this.#firstNames.set(inode, entry.path);
    return entry;
  }

  /** Takes the digest from an earlier build, if that knew the file as it is. */
  #recognise(path: string, identity: FileIdentity): void {
    const { memo } = this.#options;
    const digest = memo?.get(identity);
    if (digest !== undefined) this.#digests.set(path, digest);
    else if (memo !== undefined) this.#identities.set(path, identity);
  }

  #remember(path: string, digest: Digest): void {
    const identity = this.#identities.get(path);
    if (identity !== undefined) this.#options.memo?.set(identity, digest, this.#since);
    this.#identities.delete(path);
    this.#digests.set(path, digest);
  }

  *#files(paths: readonly string[]): Generator<LocalFile> {
    for (const path of paths) yield this.#file(path);
  }

  #file(path: string): LocalFile {
    return { place: this.#place(path), path, size: this.#sizeOf(path) };
  }

  /** Looks the file up, so that its identity is known. */
  #sizeOf(path: string): number {
    const entry = this.lookup(path);
    if (entry?.type !== 'file') throw new NotFoundError(`the build context has no file ${JSON.stringify(path)}`);
    return entry.size;
  }

  #place(path: string): string {
    return path === '' ? this.#root : `${this.#root}/${path}`;
  }
}

/** A large file as pieces; the size tells which one is the last. */
async function* readChunks(file: LocalFile, signal: AbortSignal | undefined): AsyncGenerator<FileChunk> {
  const { path, size } = file;
  let total = 0;
  for await (const bytes of readLargeFile(file)) {
    signal?.throwIfAborted();
    total += bytes.byteLength;
    yield { path, bytes, last: total === size };
  }
}
