import {
  baseName,
  type FileChunk,
  type FileTree,
  joinPath,
  type LayerEntry,
  parentPath,
  type TreeEntry,
} from '@tsbuild/core';
import { LayerIndex } from '../index/layer-index.ts';
import { readContents, requestsFor, type StoredContent } from './read-contents.ts';

/** An entry as one layer has it. */
export type LayerTreeEntry = TreeEntry & {
  /** Hides what the layers below have in this directory. */
  readonly opaque?: boolean;
  /** A parent that no entry of the layer names; it leaves what the layers below have as it is. */
  readonly implicit?: boolean;
};

/** What one layer says. A `hardlink` that leads to no file of the layer means one of the layers below. */
export interface LayerTree extends FileTree {
  lookup(path: string): LayerTreeEntry | undefined;
  /** The names in a directory that the layer hides from the layers below, in code-unit order. */
  whiteouts(path: string): readonly string[];
  /** In the order of the tar, whiteouts included; duplicates are resolved, implicit parents left out. */
  entries(): Iterable<LayerEntry>;
  /** Where the bytes of a file (a hardlink: of the file it names) are; undefined when the layer does not have them. */
  contentOf(path: string): StoredContent | undefined;
}

/**
 * Opens the index that a writer or indexer made; directories are read when they are first asked for.
 * `tarPath` is the uncompressed tar, or finds it when contents are first read.
 * @throws {LayerError} when the index is damaged
 */
export function openLayerTree(index: Uint8Array, tarPath: string | (() => Promise<string>)): LayerTree {
  const locate = typeof tarPath === 'string' ? () => Promise.resolve(tarPath) : tarPath;
  return new IndexedTree(new LayerIndex(index), locate);
}

interface DirectoryNames {
  readonly names: ReadonlyMap<string, number>;
  readonly whiteouts: readonly string[];
}

const NOTHING: DirectoryNames = { names: new Map(), whiteouts: [] };

class IndexedTree implements LayerTree {
  readonly #index: LayerIndex;
  readonly #locate: () => Promise<string>;
  readonly #directories = new Map<string, DirectoryNames>();
  readonly #listings = new Map<string, readonly string[]>();

  constructor(index: LayerIndex, locate: () => Promise<string>) {
    this.#index = index;
    this.#locate = locate;
  }

  lookup(path: string): LayerTreeEntry | undefined {
    const record = this.#record(path);
    return record === undefined ? undefined : this.#entry(record, path);
  }

  list(path: string): readonly string[] {
    let names = this.#listings.get(path);
    if (names === undefined) {
      names = [...this.#directory(path).names.keys()];
      this.#listings.set(path, names);
    }
    return names;
  }

  whiteouts(path: string): readonly string[] {
    return this.#directory(path).whiteouts;
  }

  *entries(): Generator<LayerEntry> {
    const paths = new Map<number, string>([[0, '']]);
    const pathOf = (record: number): string => {
      const known = paths.get(record);
      if (known !== undefined) return known;
      const path = joinPath(pathOf(this.#index.parent(record)), this.#index.name(record));
      if (this.#index.type(record) === 'directory') paths.set(record, path);
      return path;
    };
    for (let position = 0; position < this.#index.orderedCount; position++) {
      const record = this.#index.ordered(position);
      const path = pathOf(record);
      yield this.#index.type(record) === 'whiteout' ? { path, type: 'whiteout' } : this.#entry(record, path);
    }
  }

  readMany(paths: Iterable<string>, { signal }: { signal?: AbortSignal | undefined } = {}): AsyncIterable<FileChunk> {
    return readContents(
      requestsFor(paths, (path) => this.contentOf(path)),
      signal,
    );
  }

  contentOf(path: string): StoredContent | undefined {
    const named = this.#record(path);
    if (named === undefined) return undefined;
    const record = this.#index.linkOf(named) ?? named;
    if (this.#index.type(record) !== 'file' || this.#index.extra(record).foreignLink !== undefined) return undefined;
    return { tar: this.#locate, size: this.#index.size(record), ...this.#index.place(record) };
  }

  #record(path: string): number | undefined {
    return path === '' ? 0 : this.#directory(parentPath(path)).names.get(baseName(path));
  }

  #directory(path: string): DirectoryNames {
    const known = this.#directories.get(path);
    if (known !== undefined) return known;
    const record = this.#record(path);
    const isDirectory = record !== undefined && this.#index.type(record) === 'directory';
    if (!isDirectory) return NOTHING;
    const directory = this.#readDirectory(record);
    this.#directories.set(path, directory);
    return directory;
  }

  #readDirectory(record: number): DirectoryNames {
    const names = new Map<string, number>();
    const whiteouts: string[] = [];
    const { first, count } = this.#index.children(record);
    for (let child = first; child < first + count; child++) {
      if (this.#index.type(child) === 'whiteout') whiteouts.push(this.#index.name(child));
      else names.set(this.#index.name(child), child);
    }
    return { names, whiteouts };
  }

  #entry(record: number, path: string): LayerTreeEntry {
    const index = this.#index;
    const type = index.type(record);
    if (type === 'whiteout') throw new Error('a whiteout is no entry');
    const linkOf = index.linkOf(record);
    const file = linkOf ?? record;
    // Assigned one by one: spreading is many times slower, and trees have many entries.
    const entry: Mutable<LayerTreeEntry> = {
      path,
      type,
      mode: index.mode(record),
      uid: index.uid(record),
      gid: index.gid(record),
      size: index.size(file),
      mtime: index.mtime(record),
    };
    const digest = index.digest(file);
    if (digest !== undefined) entry.digest = digest;
    if (linkOf !== undefined) entry.hardlink = this.#path(linkOf);
    if (type === 'symlink') entry.linkTarget = index.linkTarget(file);
    if (type === 'char' || type === 'block') entry.device = index.device(file);
    if (index.isOpaque(record)) entry.opaque = true;
    if (index.isImplicit(record)) entry.implicit = true;
    if (index.hasExtra(record)) addExtra(entry, index.extra(record));
    return entry;
  }

  #path(record: number): string {
    return record === 0 ? '' : joinPath(this.#path(this.#index.parent(record)), this.#index.name(record));
  }
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

function addExtra(entry: Mutable<LayerTreeEntry>, { xattrs, foreignLink }: ReturnType<LayerIndex['extra']>): void {
  if (xattrs !== undefined) entry.xattrs = xattrs;
  if (foreignLink !== undefined) entry.hardlink = foreignLink;
}
