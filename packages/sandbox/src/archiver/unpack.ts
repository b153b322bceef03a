import {
  chmodSync,
  closeSync,
  fchmodSync,
  futimesSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  openSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { type LayerEntry, parentPath, systemErrorCode, toFsPath } from '@tsbuild/core';
import type { TarEntry, TarHandler } from '@tsbuild/layer';
import type { FolderFormat } from '../archive-job.ts';
import { makeNode, setXattr } from '../linux/libc.ts';
import type { Hiding } from './hiding.ts';
import { isKeptXattr } from './kept-xattrs.ts';
import { isWhiteout, lstatOrUndefined } from './lower-view.ts';
import { setOwner } from './owner.ts';

type Entry = Exclude<LayerEntry, { type: 'whiteout' }>;

const NODE_TYPES = { char: 0o020000, block: 0o060000, fifo: 0o010000 };
const NO_DEVICE = { major: 0, minor: 0 };

/**
 * Writes the entries of one layer into the current root directory. The process must be chrooted into the target: paths
 * are used as they are, and links of the archive cannot lead out.
 */
export class Unpacker implements TarHandler {
  readonly #hiding: Hiding;
  readonly #format: FolderFormat;
  /** Folders that the layer makes, with their entries where it has them. */
  readonly #folders = new Map<string, Entry | undefined>();
  #file: { readonly fd: number; readonly entry: Entry } | undefined;

  constructor(hiding: Hiding, format: FolderFormat) {
    this.#hiding = hiding;
    this.#format = format;
    this.#folders.set('', undefined);
  }

  entry(entry: TarEntry): void {
    this.#closeFile();
    if (entry.path === '') {
      // The root's own metadata does not count.
      if (entry.type === 'opaque' || (entry.type === 'directory' && entry.opaque === true)) this.#hiding.hideAllIn('');
      return;
    }
    this.#makeParents(entry.path);
    if (entry.type === 'whiteout') this.#hiding.hide(entry.path);
    else if (entry.type === 'opaque') this.#makeOpaque(entry.path);
    else if (entry.type === 'directory') this.#makeFolder(entry);
    else this.#replace(entry);
    if (entry.type !== 'whiteout') this.#hiding.made(entry.path);
  }

  content(bytes: Uint8Array): void {
    if (this.#file === undefined) return;
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#file.fd, bytes, at);
  }

  /** Returns the folders that no entry named. */
  finish(): string[] {
    this.#closeFile();
    const implicit: string[] = [];
    for (const [path, entry] of [...this.#folders].reverse()) {
      if (entry !== undefined) setTimes(path, entry.mtime);
      else if (path !== '') implicit.push(path);
    }
    return implicit.reverse();
  }

  #makeParents(path: string): void {
    const parent = parentPath(path);
    if (this.#folders.has(parent)) return;
    this.#makeParents(parent);
    const stats = lstatOrUndefined(`/${parent}`);
    // A symlink is followed, as it would be in the root; it leads to a folder or the next step fails.
    if (stats?.isDirectory() === true || stats?.isSymbolicLink() === true) return;
    if (stats !== undefined) unlinkSync(toFsPath(`/${parent}`));
    mkdirSync(toFsPath(`/${parent}`), 0o755);
    this.#folders.set(parent, undefined);
    if (stats !== undefined && isWhiteout(stats)) this.#hiding.hideAllIn(parent);
  }

  #makeOpaque(path: string): void {
    this.#makeParents(`${path}/`);
    this.#hiding.hideAllIn(path);
  }

  #makeFolder(entry: Entry): void {
    const stats = lstatOrUndefined(`/${entry.path}`);
    if (stats?.isDirectory() !== true) {
      if (stats !== undefined) unlinkSync(toFsPath(`/${entry.path}`));
      mkdirSync(toFsPath(`/${entry.path}`), 0o700);
    }
    const wasHidden = stats !== undefined && isWhiteout(stats);
    if (entry.opaque === true || wasHidden) this.#makeOpaque(entry.path);
    this.#folders.delete(entry.path); // set again at the end: children come after it
    this.#folders.set(entry.path, entry);
    this.#setMetadata(entry);
  }

  #replace(entry: Entry): void {
    const path = toFsPath(`/${entry.path}`);
    const stats = lstatOrUndefined(`/${entry.path}`);
    if (stats !== undefined) this.#remove(entry.path, stats.isDirectory());
    if (entry.hardlink !== undefined) linkSync(toFsPath(`/${entry.hardlink}`), path);
    else if (entry.type === 'file') this.#file = { fd: openSync(path, 'wx', 0o600), entry };
    else this.#makeSpecial(entry);
  }

  #makeSpecial(entry: Entry): void {
    if (entry.type === 'symlink') symlinkSync(toFsPath(entry.linkTarget ?? ''), toFsPath(`/${entry.path}`));
    else if (entry.type !== 'file' && entry.type !== 'directory' && !this.#makeNode(entry, NODE_TYPES[entry.type]))
      return;
    this.#setMetadata(entry);
    setTimes(entry.path, entry.mtime);
  }

  /** False where root of a user namespace may not make a device: it could not be opened there either. */
  #makeNode({ path, device = NO_DEVICE }: Entry, type: number): boolean {
    try {
      makeNode(`/${path}`, type | 0o600, device);
      return true;
    } catch (error) {
      if (this.#format.overlay === 'user' && systemErrorCode(error) === 'EPERM') return false;
      throw error;
    }
  }

  #remove(path: string, isDirectory: boolean): void {
    if (!isDirectory) {
      unlinkSync(toFsPath(`/${path}`));
      return;
    }
    rmSync(toFsPath(`/${path}`), { recursive: true });
    for (const known of this.#folders.keys()) {
      if (known === path || known.startsWith(`${path}/`)) this.#folders.delete(known);
    }
  }

  /** Owner before mode, for changing the owner clears setuid; attributes last, for writing clears capabilities. */
  #setMetadata({ path, type, uid, gid, mode, xattrs = {} }: Entry): void {
    setOwner(`/${path}`, { uid, gid }, this.#format.owners, type === 'file' || type === 'directory');
    if (type !== 'symlink') chmodSync(toFsPath(`/${path}`), mode);
    setXattrs(path, xattrs);
  }

  #closeFile(): void {
    if (this.#file === undefined) return;
    const { fd, entry } = this.#file;
    this.#file = undefined;
    if (this.#format.owners === 'noted' || entry.uid !== 0 || entry.gid !== 0) {
      setOwner(`/${entry.path}`, entry, this.#format.owners, true);
    }
    fchmodSync(fd, entry.mode);
    setXattrs(entry.path, entry.xattrs);
    futimesSync(fd, entry.mtime, entry.mtime);
    closeSync(fd);
  }
}

function setXattrs(path: string, xattrs: Entry['xattrs'] = {}): void {
  for (const [name, value] of Object.entries(xattrs)) if (isKeptXattr(name)) setXattr(`/${path}`, name, value);
}

function setTimes(path: string, mtime: number): void {
  lutimesSync(toFsPath(`/${path}`), mtime, mtime);
}
