import { baseName, parentPath, type TreeEntry } from '@tsbuild/core';
import { damagedArchive } from '../tar/errors.ts';
import type { ContentPlace, TarEntry } from '../tar/tar-entry.ts';
import { RowDigests } from './row-digests.ts';
import {
  type Directory,
  describeRow,
  type NamedRow,
  nameToKeep,
  newDirectory,
  newRow,
  newWhiteout,
  pathOf,
  type Row,
} from './rows.ts';

/** As many symlinks as Linux follows in one lookup. */
const MAX_SYMLINKS = 40;
const MANY_REPLACED = 1000;

/**
 * What unpacking a layer's entries one after the other comes to: later entries replace earlier ones of the same name,
 * names below symlinks of the same layer land where those lead, links keep the file that their target was at the time.
 */
export class EntryTable {
  readonly root: Directory = newDirectory();
  /** Of the rows' files. */
  readonly digests = new RowDigests();
  /** Every row that was added, in order; replaced ones are dropped when there are many. */
  #rows: Row[] = [this.root.row];
  #replaced = 0;
  #lastPath = '';
  #lastDirectory: Directory = this.root;

  /** Adds an entry and returns the row that stands for it. @throws {LayerError} when it cannot be there */
  add(entry: TarEntry, place?: ContentPlace): Row {
    if (entry.type === 'opaque') return setOpaque(this.#directory(entry.path).row);
    if (entry.type === 'directory') return this.#addDirectory(entry);
    if (entry.path === '') throw damagedArchive('the root is not a directory');
    const parent = this.#directory(parentPath(entry.path));
    const name = nameToKeep(baseName(entry.path));
    if (entry.type === 'whiteout') return this.#addWhiteout(parent, name);
    const row = newRow(parent, name, entry, place);
    if (entry.hardlink !== undefined) this.#link(row, entry.hardlink);
    this.#put(parent, name, row);
    return row;
  }

  /** Says what a file has in it. The text ends in the hex digits of a SHA-256. */
  setDigest(row: NamedRow, digest: string): void {
    row.digest = this.digests.add(digest);
  }

  /**
   * The rows that remain, in order, parents before children and files before their further names. Where a file was
   * replaced but another name of it was not, that name becomes the file. Call once, after the last entry.
   */
  finish(): Row[] {
    const rows = this.#rows.filter((row) => !row.isReplaced);
    this.#rows = rows;
    for (const row of rows) if (row.type !== 'whiteout') inherit(row);
    return rows;
  }

  #addDirectory(entry: TreeEntry & { readonly opaque?: boolean }): NamedRow {
    const { row } = this.#ownDirectory(entry.path);
    describeRow(row, entry);
    row.isImplicit = false;
    return entry.opaque === true ? setOpaque(row) : row;
  }

  /** The directory of exactly this name: a symlink there is replaced, not followed. */
  #ownDirectory(path: string): Directory {
    if (path === '') return this.root;
    const parent = this.#directory(parentPath(path));
    const name = nameToKeep(baseName(path));
    return parent.names.get(name)?.directory ?? this.#makeDirectory(parent, name);
  }

  #makeDirectory(parent: Directory, name: string): Directory {
    const directory = newDirectory(parent, name);
    this.#put(parent, name, directory.row);
    return directory;
  }

  #addWhiteout(parent: Directory, name: string): Row {
    parent.whiteouts ??= new Map();
    const known = parent.whiteouts.get(name);
    if (known !== undefined) return known;
    const row = newWhiteout(parent, name);
    parent.whiteouts.set(name, row);
    this.#rows.push(row);
    return row;
  }

  #put(parent: Directory, name: string, row: NamedRow): void {
    const before = parent.names.get(name);
    if (before !== undefined) this.#markReplaced(before);
    parent.names.set(name, row);
    this.#rows.push(row);
    this.#dropReplaced();
  }

  #markReplaced(row: NamedRow): void {
    row.isReplaced = true;
    this.#replaced++;
    if (row.directory === undefined) return;
    this.#lastPath = '';
    this.#lastDirectory = this.root;
    for (const child of row.directory.names.values()) this.#markReplaced(child);
    for (const whiteout of row.directory.whiteouts?.values() ?? []) whiteout.isReplaced = true;
  }

  /** An archive of one name a million times holds no more than one of that name. */
  #dropReplaced(): void {
    if (this.#replaced < MANY_REPLACED || this.#replaced < this.#rows.length / 2) return;
    this.#rows = this.#rows.filter((row) => !row.isReplaced);
    this.digests.keepOnly(this.#rows);
    this.#replaced = 0;
  }

  /** All names of a file are one, whose owner and mode are those that were set last. */
  #link(row: NamedRow, path: string): void {
    const target = this.#walk(parentPath(path), () => undefined)?.names.get(baseName(path));
    if (target === undefined) return;
    if (target.type === 'directory') throw damagedArchive(`hard link ${JSON.stringify(pathOf(row))} to a directory`);
    const file = target.linkOf ?? target;
    describeRow(file, row);
    row.type = file.type;
    row.linkOf = file;
    pointTo(row, file);
  }

  /** The directory that a path leads to; missing ones are made, as unpacking does. */
  #directory(path: string): Directory {
    if (path === this.#lastPath) return this.#lastDirectory;
    const directory = this.#walk(path, (parent, name) => this.#makeDirectory(parent, name));
    if (directory === undefined) throw new Error('a missing directory was not made');
    this.#lastPath = path;
    this.#lastDirectory = directory;
    return directory;
  }

  #walk(path: string, missing: (parent: Directory, name: string) => Directory | undefined): Directory | undefined {
    const pending = path.split('/').reverse();
    const trail = [this.root];
    for (let links = 0; pending.length > 0; ) {
      const name = pending.pop() ?? '';
      const current = trail.at(-1) ?? this.root;
      if (name === '' || name === '.') continue;
      if (name === '..') {
        if (trail.length > 1) trail.pop();
        continue;
      }
      const row = current.names.get(name);
      if (row?.type === 'symlink') {
        if (++links > MAX_SYMLINKS) throw damagedArchive(`too many symlinks in ${JSON.stringify(path)}`);
        const target = row.linkTarget ?? '';
        if (target.startsWith('/')) trail.length = 1;
        pending.push(...target.split('/').reverse());
        continue;
      }
      const next = row === undefined ? missing(current, name) : row.directory;
      if (row !== undefined && next === undefined) throw notDirectory(pathOf(row), path);
      if (next === undefined) return undefined;
      trail.push(next);
    }
    return trail.at(-1);
  }
}

function setOpaque(row: NamedRow): NamedRow {
  row.isOpaque = true;
  return row;
}

/** Makes a row tell of the file that it is a further name of. */
function pointTo(row: NamedRow, file: NamedRow): void {
  if (file.linkTarget !== undefined) row.linkTarget = file.linkTarget;
  if (file.device !== undefined) row.device = file.device;
}

function inherit(row: NamedRow): void {
  const file = row.linkOf;
  if (file === undefined) return;
  describeRow(row, file);
  row.size = file.size;
  row.digest = file.digest;
  if (!file.isReplaced) return;
  if (file.heir === undefined) {
    file.heir = row;
    row.offset = file.offset;
    row.extents = file.extents;
    row.linkOf = undefined;
    row.hardlink = undefined;
  } else {
    row.linkOf = file.heir;
  }
}

function notDirectory(file: string, path: string): Error {
  return damagedArchive(`${JSON.stringify(file)} is not a directory, but ${JSON.stringify(path)} leads through it`);
}
