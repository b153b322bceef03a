import type { EntryType, TreeEntry } from '@tsbuild/core';
import type { ContentPlace, Extent } from '../tar/tar-entry.ts';

/** What is kept of an entry while its layer is written or read. Mutable: later entries may change it. */
export interface NamedRow {
  path: string;
  type: EntryType;
  mode: number;
  uid: number;
  gid: number;
  size: number;
  mtime: number;
  /** SHA-256 of a file's contents: hex digits, perhaps after `sha256:`, whichever text there is already. */
  digest: string | undefined;
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

export interface WhiteoutRow {
  readonly type: 'whiteout';
  readonly path: string;
  isReplaced: boolean;
  number: number;
}

/** Of a row that has no place in the index. */
export const NO_NUMBER = -1;

export type Row = NamedRow | WhiteoutRow;

export interface Directory {
  readonly row: NamedRow;
  readonly names: Map<string, NamedRow>;
  /** Undefined when there are none. */
  whiteouts: Map<string, WhiteoutRow> | undefined;
}

/** Plain rows, nearly all of very many, share one hidden class that has no room for what only a few rows have. */
export function newRow(path: string, entry: TreeEntry, place: ContentPlace | undefined): NamedRow {
  const row: NamedRow = {
    path,
    type: entry.type,
    mode: entry.mode,
    uid: entry.uid,
    gid: entry.gid,
    size: entry.size,
    mtime: entry.mtime,
    digest: undefined,
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

export function newWhiteout(path: string): WhiteoutRow {
  return { type: 'whiteout', path, isReplaced: false, number: NO_NUMBER };
}

/** A directory that no entry has named yet. */
export function newDirectory(path: string): Directory {
  const row = newRow(path, { path, type: 'directory', mode: 0o755, uid: 0, gid: 0, size: 0, mtime: 0 }, undefined);
  row.isImplicit = true;
  row.directory = { row, names: new Map(), whiteouts: undefined };
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
