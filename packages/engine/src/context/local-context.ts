import { type FileChunk, joinPath, NotFoundError, parentPath, type TreeEntry } from '@tsbuild/core';
import type { FileDigestMap } from '@tsbuild/layer';
import type { IgnoredBy } from '../graph.ts';
import type { ContextOptions, ContextTree, ReadOptions } from './context-types.ts';
import { hashFiles } from './hash-files.ts';
import { createKeptBytes } from './kept-bytes.ts';
import { listDirectory } from './list-directory.ts';
import { type Listing, Listings } from './listings.ts';
import { type LocalEntry, lstatEntry } from './local-entry.ts';
import { type LocalFile, readLargeFile, readSmallFile, SMALL_FILE_BYTES } from './read-local-file.ts';
import { SeenEntries } from './seen-entries.ts';

/** Whoever asks for digests mostly packs the files next. */
const KEPT_MEBIBYTES = 64;

/** Number of what is not there. */
const NOTHING = -1;

/** A folder as a tree, read as far as it is asked about. */
export class LocalContext implements ContextTree {
  readonly #root: string;
  readonly #options: ContextOptions;
  /** When nothing had been looked at yet. */
  readonly #since = Date.now();
  /** Paths that are directories on disk, ignored or not. */
  readonly #directories = new Set(['']);
  readonly #seen = new SeenEntries();
  readonly #listings = new Listings();
  /** Numbers of what was asked for by itself, and of what a directory has and the tree has not. */
  readonly #single = new Map<string, number>();
  /** First name of files that have several, by device and inode. */
  readonly #firstNames = new Map<string, string>();
  readonly #kept = createKeptBytes(KEPT_MEBIBYTES);

  constructor(root: string, options: ContextOptions) {
    this.#root = root;
    this.#options = options;
  }

  lookup(path: string): TreeEntry | undefined {
    const number = this.#number(path);
    return number === NOTHING ? undefined : this.#seen.entry(number, path);
  }

  list(path: string): readonly string[] {
    const known = this.#listings.get(path);
    if (known !== undefined) return known.names;
    return this.lookup(path)?.type === 'directory' ? this.#listing(path).names : [];
  }

  ignoredBy(path: string): IgnoredBy | undefined {
    if (this.lookup(path) !== undefined || !this.#isOnDisk(path)) return undefined;
    const { ignores, ignoreFile: file = '.dockerignore' } = this.#options;
    const decision = ignores?.explain(path);
    return decision === undefined ? undefined : { file, line: decision.line, pattern: decision.pattern };
  }

  async *readMany(paths: Iterable<string>, { signal }: ReadOptions = {}): AsyncGenerator<FileChunk> {
    const buffer = Buffer.allocUnsafeSlow(SMALL_FILE_BYTES + 1);
    for (const path of paths) {
      signal?.throwIfAborted();
      const file = this.#file(path);
      const kept = this.#kept.take(this.#number(path), file.size);
      if (kept !== undefined) yield { path, bytes: kept, last: true };
      else if (file.size <= SMALL_FILE_BYTES) yield { path, bytes: readSmallFile(file, buffer), last: true };
      else yield* readChunks(file, signal);
    }
  }

  async digests(paths: readonly string[], options: ReadOptions = {}): Promise<FileDigestMap> {
    const unknown = paths.filter((path) => !this.#seen.hasDigest(this.#fileNumber(path)));
    await hashFiles(this.#files(unknown), options, ({ path }, digest, smallBytes) => {
      const number = this.#number(path);
      this.#options.memo?.set(this.#seen.identity(number), digest, this.#since);
      this.#seen.setDigest(number, digest);
      if (smallBytes !== undefined) this.#kept.keep(number, smallBytes);
    });
    return { get: (path) => this.#seen.digest(this.#fileNumber(path)) };
  }

  #number(path: string): number {
    const known = this.#listings.find(path) ?? this.#single.get(path);
    if (known !== undefined) return known;
    const number = this.#look(path);
    this.#single.set(path, number);
    return number;
  }

  /** Answers without what is known. An ignored directory is there if something below it is. */
  #look(path: string, isInDirectory = this.#isDirectory(parentPath(path))): number {
    const { ignores } = this.#options;
    const isIgnored = path !== '' && ignores?.ignores(path) === true;
    if (isIgnored && ignores.canSkip(path)) return NOTHING;
    const found = isInDirectory ? this.#lstat(path) : undefined;
    if (found === undefined) return NOTHING;
    if (!isIgnored) return this.#add(this.#withFirstName(found));
    const isThere = found.entry.type === 'directory' && this.#listing(path).names.length > 0;
    return isThere ? this.#add(found) : NOTHING;
  }

  /** The path is in a directory, not below a link. */
  #lstat(path: string): LocalEntry | undefined {
    const found = lstatEntry(this.#place(path), path);
    if (found?.entry.type === 'directory') this.#directories.add(path);
    return found;
  }

  /** Links are not followed: a path below one leads nowhere. */
  #isDirectory(path: string): boolean {
    if (this.#directories.has(path)) return true;
    return this.#isDirectory(parentPath(path)) && this.#lstat(path)?.entry.type === 'directory';
  }

  #isOnDisk(path: string): boolean {
    return this.#isDirectory(parentPath(path)) && this.#lstat(path) !== undefined;
  }

  /** What the tree has in a directory of the disk. */
  #listing(directory: string): Listing {
    const known = this.#listings.get(directory);
    if (known !== undefined) return known;
    const names = listDirectory(this.#place(directory));
    const numbers = names.map((name) => this.#childNumber(joinPath(directory, name)));
    const isThere = (_: unknown, at: number): boolean => numbers[at] !== NOTHING;
    const listing = { names: names.filter(isThere), numbers: numbers.filter(isThere) };
    this.#listings.set(directory, listing);
    return listing;
  }

  /** Of what is being listed: it will be found by its directory, and is remembered by its path only if it is not there. */
  #childNumber(path: string): number {
    const number = this.#single.get(path) ?? this.#look(path, true);
    if (number === NOTHING) this.#single.set(path, number);
    return number;
  }

  #withFirstName(found: LocalEntry): LocalEntry {
    const { entry, identity, isLinked } = found;
    if (!isLinked) return found;
    const inode = `${identity.dev}:${identity.ino}`;
    const firstName = this.#firstNames.get(inode);
    if (firstName !== undefined) return { ...found, entry: { ...entry, hardlink: firstName } };
    this.#firstNames.set(inode, entry.path);
    return found;
  }

  /** Takes the digest of a file from an earlier build, if that knew the file as it is. */
  #add(found: LocalEntry): number {
    const number = this.#seen.add(found);
    const digest = found.entry.type === 'file' ? this.#options.memo?.get(found.identity) : undefined;
    if (digest !== undefined) this.#seen.setDigest(number, digest);
    return number;
  }

  *#files(paths: readonly string[]): Generator<LocalFile> {
    for (const path of paths) yield this.#file(path);
  }

  #file(path: string): LocalFile {
    return { place: this.#place(path), path, size: this.#seen.size(this.#fileNumber(path)) };
  }

  /** Looks the file up, so that its identity is known. */
  #fileNumber(path: string): number {
    const number = this.#number(path);
    if (number === NOTHING || this.#seen.type(number) !== 'file')
      throw new NotFoundError(`the build context has no file ${JSON.stringify(path)}`);
    return number;
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
