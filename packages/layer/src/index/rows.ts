import { type EntryType, hasEscapedBytes, joinPath, type TreeEntry } from '@tsbuild/core';
import type { ContentPlace, Extent } from '../tar/tar-entry.ts';

/** What is kept of an entry while its layer is written or read. Mutable: later entries may change it. */
export interface NamedRow extends Place {
  type: EntryType;
  mode: number;
  uid: number;
  gid: number;
  size: number;
  mtime: number;
  /** Number of the digest of a file's contents; NO_NUMBER before it is known, and of everything else. */
  digest: number;
  offset: number;
  isOpaque: boolean;
  /** Made as a parent; no entry names it. */
  isImplicit: boolean;
  isReplaced: boolean;
  /** Position in the canonical order, once it is known; NO_NUMBER before. */
  number: number;
  linkTarget?: string | undefined;
  device?: TreeEntry['device'];
  xattrs?: TreeEntry['xattrs'];
  extents?: readonly Extent[] | undefined;
  /** The path that a further name was linked to. */
  hardlink?: string | undefined;
  /** The row that this is a further name of; undefined when the layer does not have it. */
  linkOf?: NamedRow | undefined;
  /** The further name that became the file when this one was replaced. */
  heir?: NamedRow | undefined;
  /** The names below, for a directory. */
  directory?: Directory | undefined;
}

export interface WhiteoutRow extends Place {
  readonly type: 'whiteout';
  isReplaced: boolean;
  number: number;
}

/** Where a row is. It has no path of its own: there may be very many. */
interface Place {
  /** Undefined for the root. */
  readonly parent: Directory | undefined;
  readonly name: string;
}

/** Of a row that has no place in the index, or no digest. */
export const NO_NUMBER = -1;

export type Row = NamedRow | WhiteoutRow;

export interface Directory {
  readonly path: string;
  readonly row: NamedRow;
  readonly names: Map<string, NamedRow>;
  /** Undefined when there are none. */
  whiteouts: Map<string, WhiteoutRow> | undefined;
  /** Position of the first of its children, which follow one another in the canonical order, once it is known. */
  firstChild: number;
}

export function pathOf({ parent, name }: Row): string {
  return parent === undefined ? '' : joinPath(parent.path, name);
}

/** Plain rows, nearly all of very many, share one hidden class that has no room for what only a few rows have. */
export function newRow(
  parent: Directory | undefined,
  name: string,
  entry: TreeEntry,
  place: ContentPlace | undefined,
): NamedRow {
  const row: NamedRow = {
    parent,
    name,
    type: entry.type,
    mode: entry.mode,
    uid: entry.uid,
    gid: entry.gid,
    size: entry.size,
    mtime: entry.mtime,
    digest: NO_NUMBER,
    offset: place?.offset ?? 0,
    isOpaque: false,
    isImplicit: false,
    isReplaced: false,
    number: NO_NUMBER,
  };
  if (entry.linkTarget !== undefined) row.linkTarget = entry.linkTarget;
  if (entry.device !== undefined) row.device = entry.device;
  if (entry.xattrs !== undefined) row.xattrs = entry.xattrs;
  if (place?.extents !== undefined) row.extents = place.extents;
  if (entry.hardlink !== undefined) row.hardlink = entry.hardlink;
  return row;
}

export function newWhiteout(parent: Directory, name: string): WhiteoutRow {
  return { parent, name, type: 'whiteout', isReplaced: false, number: NO_NUMBER };
}

/** A directory that no entry has named yet. Without a parent it is the root. */
export function newDirectory(parent?: Directory, name = ''): Directory {
  const path = parent === undefined ? '' : joinPath(parent.path, name);
  const entry: TreeEntry = { path, type: 'directory', mode: 0o755, uid: 0, gid: 0, size: 0, mtime: 0 };
  const row = newRow(parent, name, entry, undefined);
  row.isImplicit = true;
  row.directory = { path, row, names: new Map(), whiteouts: undefined, firstChild: 0 };
  return row.directory;
}

/** Takes over owner, mode, time and attributes. */
export function describeRow(
  row: NamedRow,
  source: Pick<TreeEntry, 'mode' | 'uid' | 'gid' | 'mtime'> & { readonly xattrs?: TreeEntry['xattrs'] | undefined },
): void {
  row.mode = source.mode;
  row.uid = source.uid;
  row.gid = source.gid;
  row.mtime = source.mtime;
  if (source.xattrs !== undefined) row.xattrs = source.xattrs;
}

/** Strings of this length and more hold what they are part of. */
const SLICED_LENGTH = 13;

/** The same name, which does not keep alive the path that it was cut out of. */
export function nameToKeep(name: string): string {
  return name.length < SLICED_LENGTH || hasEscapedBytes(name) ? name : Buffer.from(name).toString();
}
