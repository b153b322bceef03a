import {
  chmodSync,
  closeSync,
  constants,
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
const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
/** The bits of a mode that making a file or folder sets, and that giving it away leaves. */
const PLAIN_MODE = 0o777;
const SETGID = 0o2000;
const IMPLICIT = { type: 'directory', mode: 0o755, uid: 0, gid: 0, size: 0, mtime: 0 } as const;

/**
 * Writes the entries of one layer into the current root directory. The process must be chrooted into the target: paths
 * are used as they are, and links of the archive cannot lead out.
 */
export class Unpacker implements TarHandler {
  readonly #hiding: Hiding;
  readonly #format: FolderFormat;
  /** Folders that the layer makes, with their entries where it has them. */
  readonly #folders = new Map<string, Entry | undefined>();
  /** A folder that is known to be there, so that its files need not look. */
  #lastParent = '';
  #file: { readonly fd: number; readonly entry: Entry } | undefined;
  /** Somewhere a folder hands its group on to what is made in it, so that everything has to be given its owner and mode. */
  #givesOwners: boolean;

  /** `isEmpty`: nothing is in the root yet. The process has no umask. */
  constructor(hiding: Hiding, format: FolderFormat, isEmpty: boolean) {
    this.#hiding = hiding;
    this.#format = format;
    this.#givesOwners = !isEmpty;
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
    if (entry.type === 'whiteout') this.#hide(entry.path);
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
    if (parent === this.#lastParent || this.#folders.has(parent)) return;
    this.#makeParents(parent);
    this.#lastParent = parent;
    if (makesFolder(parent, IMPLICIT.mode)) {
      this.#folders.set(parent, undefined);
      if (this.#givesOwners) this.#setMetadata({ ...IMPLICIT, path: parent });
      return;
    }
    const stats = lstatOrUndefined(`/${parent}`);
    // A symlink is followed, as it would be in the root; it leads to a folder or the next step fails.
    if (stats?.isDirectory() === true || stats?.isSymbolicLink() === true) return;
    unlinkSync(toFsPath(`/${parent}`));
    mkdirSync(toFsPath(`/${parent}`), IMPLICIT.mode);
    this.#folders.set(parent, undefined);
    if (stats !== undefined && isWhiteout(stats)) this.#hiding.hideAllIn(parent);
  }

  #hide(path: string): void {
    this.#hiding.hide(path);
    this.#lastParent = '';
  }

  #makeOpaque(path: string): void {
    this.#makeParents(`${path}/`);
    this.#hiding.hideAllIn(path);
  }

  #makeFolder(entry: Entry): void {
    const isNew = makesFolder(entry.path, entry.mode & PLAIN_MODE);
    const wasHidden = !isNew && this.#clearForFolder(entry);
    if (entry.opaque === true || wasHidden) this.#makeOpaque(entry.path);
    this.#folders.delete(entry.path); // set again at the end: children come after it
    this.#folders.set(entry.path, entry);
    this.#setMetadata(entry, isNew);
    if ((entry.mode & SETGID) !== 0) this.#givesOwners = true;
  }

  /** Something of this name is there, and stays if it is a folder. True when it was hidden. */
  #clearForFolder({ path, mode }: Entry): boolean {
    const stats = lstatOrUndefined(`/${path}`);
    if (stats?.isDirectory() === true) return false;
    unlinkSync(toFsPath(`/${path}`));
    mkdirSync(toFsPath(`/${path}`), mode & PLAIN_MODE);
    this.#lastParent = '';
    return stats !== undefined && isWhiteout(stats);
  }

  /** Makes the entry; what has its name already, which few layers have, gives way. */
  #replace(entry: Entry): void {
    try {
      this.#make(entry);
    } catch (error) {
      if (systemErrorCode(error) !== 'EEXIST') throw error;
      this.#remove(entry.path, lstatOrUndefined(`/${entry.path}`)?.isDirectory() === true);
      this.#make(entry);
    }
  }

  #make(entry: Entry): void {
    const path = toFsPath(`/${entry.path}`);
    if (entry.hardlink !== undefined) linkSync(toFsPath(`/${entry.hardlink}`), path);
    else if (entry.type === 'file') this.#file = { fd: openSync(path, NEW_FILE, entry.mode & PLAIN_MODE), entry };
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
  #makeNode({ path, mode, device = NO_DEVICE }: Entry, type: number): boolean {
    try {
      makeNode(`/${path}`, type | (mode & PLAIN_MODE), device);
      return true;
    } catch (error) {
      if (this.#format.overlay === 'user' && systemErrorCode(error) === 'EPERM') return false;
      throw error;
    }
  }

  #remove(path: string, isDirectory: boolean): void {
    this.#lastParent = '';
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
  #setMetadata(entry: Entry, isNew = true): void {
    const { path, type, mode, xattrs } = entry;
    const canHaveNote = type === 'file' || type === 'directory';
    if (!isNew || this.#needsOwner(entry)) setOwner(`/${path}`, entry, this.#format.owners, canHaveNote);
    if (type !== 'symlink' && (!isNew || this.#needsMode(mode))) chmodSync(toFsPath(`/${path}`), mode);
    setXattrs(path, xattrs);
  }

  #closeFile(): void {
    if (this.#file === undefined) return;
    const { fd, entry } = this.#file;
    this.#file = undefined;
    if (this.#needsOwner(entry)) setOwner(`/${entry.path}`, entry, this.#format.owners, true);
    if (this.#needsMode(entry.mode)) fchmodSync(fd, entry.mode);
    setXattrs(entry.path, entry.xattrs);
    futimesSync(fd, entry.mtime, entry.mtime);
    closeSync(fd);
  }

  /** What root makes is root's. */
  #needsOwner({ uid, gid }: Entry): boolean {
    return this.#givesOwners || uid !== 0 || gid !== 0;
  }

  /** What is made has its mode from the start, as far as that can be said there. */
  #needsMode(mode: number): boolean {
    return this.#givesOwners || (mode & ~PLAIN_MODE) !== 0;
  }
}

/** False when the name is taken. */
function makesFolder(path: string, mode: number): boolean {
  try {
    mkdirSync(toFsPath(`/${path}`), mode);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

function setXattrs(path: string, xattrs: Entry['xattrs'] = {}): void {
  for (const [name, value] of Object.entries(xattrs)) if (isKeptXattr(name)) setXattr(`/${path}`, name, value);
}

function setTimes(path: string, mtime: number): void {
  lutimesSync(toFsPath(`/${path}`), mtime, mtime);
}
