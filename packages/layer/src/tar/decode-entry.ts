import { type TreeEntry, UnsafePathError } from '@tsbuild/core';
import { cleanPath, decodeBoundedName } from './entry-path.ts';
import { damagedArchive } from './errors.ts';
import { type RawHeader, TYPE_FLAG } from './header.ts';
import { type PaxRecords, paxInteger, paxTime, XATTR_PREFIX } from './pax.ts';
import type { ReadTarOptions, TarEntry, TarLimits } from './tar-entry.ts';
import { whiteoutMeaning } from './whiteout.ts';

/** A header and what the headers before it say of the same entry. */
export interface EntryHeaders {
  readonly raw: RawHeader;
  /** Global records overlaid with the entry's own. */
  readonly pax: PaxRecords;
  readonly longName?: Buffer | undefined;
  readonly longLink?: Buffer | undefined;
  /** Size of a sparse file with its holes. */
  readonly realSize?: number | undefined;
}

export type DecodeOptions = Required<TarLimits> & Pick<ReadTarOptions, 'dotdot'>;

const TYPES: ReadonlyMap<number, TreeEntry['type']> = new Map([
  [TYPE_FLAG.file, 'file'],
  [TYPE_FLAG.oldFile, 'file'],
  [TYPE_FLAG.contiguous, 'file'],
  [TYPE_FLAG.gnuSparse, 'file'],
  [TYPE_FLAG.hardlink, 'file'],
  [TYPE_FLAG.symlink, 'symlink'],
  [TYPE_FLAG.char, 'char'],
  [TYPE_FLAG.block, 'block'],
  [TYPE_FLAG.directory, 'directory'],
  [TYPE_FLAG.fifo, 'fifo'],
]);

/** Bytes of contents that follow the header; links, directories and devices have none, whatever they declare. */
export function storedSize({ raw, pax }: EntryHeaders): number {
  if (TYPES.get(raw.type) !== 'file' || raw.type === TYPE_FLAG.hardlink) return 0;
  const record = pax.get('size');
  const size = record === undefined ? raw.size : paxInteger('size', record);
  if (size < 0) throw damagedArchive('an entry declares a negative size');
  return size;
}

/**
 * The entry that the headers describe, undefined for bookkeeping that is no part of the file system.
 * @throws {LayerError} @throws {UnsafePathError}
 */
export function decodeEntry(headers: EntryHeaders, options: DecodeOptions): TarEntry | undefined {
  const name = entryName(headers, options);
  const path = cleanPath(name, options.dotdot);
  const meaning = whiteoutMeaning(path);
  if (meaning !== undefined) return meaning.type === 'ignored' ? undefined : meaning;
  const type = entryType(headers.raw, name);
  if (path === '' && type !== 'directory') throw damagedArchive('the root is not a directory');
  return { path, type, ...metadata(headers), ...specifics(headers, type, path, options) };
}

function entryName({ raw, pax, longName }: EntryHeaders, { maxPathBytes }: DecodeOptions): string {
  const bytes = pax.get('GNU.sparse.name') ?? pax.get('path') ?? longName ?? raw.name;
  return decodeBoundedName(bytes, maxPathBytes);
}

function entryType(raw: RawHeader, name: string): TreeEntry['type'] {
  const type = TYPES.get(raw.type);
  if (type === undefined) {
    throw damagedArchive(`entry ${JSON.stringify(name)} is of the unknown type 0x${raw.type.toString(16)}`);
  }
  return raw.type === TYPE_FLAG.oldFile && name.endsWith('/') ? 'directory' : type;
}

function metadata({ raw, pax }: EntryHeaders): Pick<TreeEntry, 'mode' | 'uid' | 'gid' | 'mtime' | 'xattrs'> {
  const { mode, uid, gid, mtime } = raw;
  if (pax.size === 0) return { mode, uid: toId(uid), gid: toId(gid), mtime };
  const time = pax.get('mtime');
  const xattrs = readXattrs(pax);
  return {
    mode,
    uid: toId(numberRecord(pax, 'uid') ?? uid),
    gid: toId(numberRecord(pax, 'gid') ?? gid),
    mtime: time === undefined ? mtime : paxTime('mtime', time),
    ...(xattrs === undefined ? {} : { xattrs }),
  };
}

function specifics(
  headers: EntryHeaders,
  type: TreeEntry['type'],
  path: string,
  options: DecodeOptions,
): Pick<TreeEntry, 'size' | 'linkTarget' | 'hardlink' | 'device'> {
  const { raw, realSize } = headers;
  if (raw.type === TYPE_FLAG.hardlink) return { size: 0, hardlink: hardlinkTarget(headers, path, options) };
  if (type === 'file') return { size: realSize ?? storedSize(headers) };
  if (type === 'symlink') return { size: 0, linkTarget: symlinkTarget(headers, path, options) };
  if (type === 'char' || type === 'block') return { size: 0, device: { major: raw.major, minor: raw.minor } };
  return { size: 0 };
}

function linkName({ raw, pax, longLink }: EntryHeaders, { maxPathBytes }: DecodeOptions): string {
  return decodeBoundedName(pax.get('linkpath') ?? longLink ?? raw.linkName, maxPathBytes);
}

function symlinkTarget(headers: EntryHeaders, path: string, options: DecodeOptions): string {
  const target = linkName(headers, options);
  if (target === '') throw damagedArchive(`symlink ${JSON.stringify(path)} has no target`);
  if (target.includes('\0')) throw new UnsafePathError(path, 'its link target holds a NUL');
  return target;
}

function hardlinkTarget(headers: EntryHeaders, path: string, options: DecodeOptions): string {
  const target = cleanPath(linkName(headers, options), options.dotdot);
  if (target === '') throw damagedArchive(`hard link ${JSON.stringify(path)} has no target`);
  return target;
}

function readXattrs(pax: PaxRecords): Record<string, Uint8Array> | undefined {
  let xattrs: Record<string, Uint8Array> | undefined;
  for (const [key, value] of pax) {
    if (!key.startsWith(XATTR_PREFIX)) continue;
    // No prototype: an attribute may be called __proto__.
    xattrs ??= Object.create(null) as Record<string, Uint8Array>;
    xattrs[key.slice(XATTR_PREFIX.length)] = new Uint8Array(value);
  }
  return xattrs;
}

function numberRecord(pax: PaxRecords, key: string): number | undefined {
  const value = pax.get(key);
  return value === undefined ? undefined : paxInteger(key, value);
}

/** Ids are 32 bits; some writers store -2 for nobody. */
function toId(id: number): number {
  if (id < -(2 ** 31) || id > 2 ** 32 - 1) throw damagedArchive(`an owner has the id ${id}`);
  return id >>> 0;
}
