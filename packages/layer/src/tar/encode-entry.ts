import { baseName, encodeName, joinPath, LayerError, parentPath, type TreeEntry } from '@tsbuild/core';
import {
  MAX_DEVICE,
  MAX_ID,
  MAX_NAME_BYTES,
  MAX_PREFIX_BYTES,
  MAX_SIZE,
  TYPE_FLAG,
  type UstarFields,
} from './header.ts';
import { XATTR_PREFIX } from './pax.ts';

/** The headers of an entry: a ustar one, and before it the PAX records for what ustar cannot say. */
export interface EncodedEntry {
  readonly ustar: UstarFields;
  readonly pax?: { readonly ustar: UstarFields; readonly records: ReadonlyMap<string, Buffer> } | undefined;
}

const TYPE_FLAGS: Readonly<Record<TreeEntry['type'], number>> = {
  file: TYPE_FLAG.file,
  directory: TYPE_FLAG.directory,
  symlink: TYPE_FLAG.symlink,
  char: TYPE_FLAG.char,
  block: TYPE_FLAG.block,
  fifo: TYPE_FLAG.fifo,
};

/** The one way in which an entry is written. Times are whole seconds. */
export function encodeEntry(entry: TreeEntry): EncodedEntry {
  const records = new Map<string, Buffer>();
  const isLink = entry.hardlink !== undefined;
  const name = entry.type === 'directory' ? `${entry.path === '' ? '.' : entry.path}/` : entry.path;
  const ustar: UstarFields = {
    ...encodePath(name, records),
    mode: entry.mode & 0o7777,
    uid: fit('uid', entry.uid, MAX_ID, records),
    gid: fit('gid', entry.gid, MAX_ID, records),
    size: isLink ? 0 : fit('size', entry.size, MAX_SIZE, records),
    mtime: fit('mtime', Math.floor(entry.mtime), MAX_SIZE, records),
    type: isLink ? TYPE_FLAG.hardlink : TYPE_FLAGS[entry.type],
    linkName: encodeLink(entry.hardlink ?? entry.linkTarget ?? '', records),
    ...encodeDevice(entry),
  };
  for (const [key, value] of Object.entries(entry.xattrs ?? {})) {
    records.set(`${XATTR_PREFIX}${encodeName(key).toString('latin1')}`, Buffer.from(value));
  }
  return records.size === 0 ? { ustar } : { ustar, pax: { ustar: paxHeader(ustar, entry.path), records } };
}

/** A whiteout or an opaque marker: an empty file of the reserved name. */
export function encodeMarker(path: string): EncodedEntry {
  return encodeEntry({ path, type: 'file', mode: 0, uid: 0, gid: 0, size: 0, mtime: 0 });
}

const NON_ASCII = /[\u0080-\uffff]/;

function encodePath(name: string, records: Map<string, Buffer>): { name: string; prefix: string } {
  if (!NON_ASCII.test(name)) {
    if (name.length <= MAX_NAME_BYTES) return { name, prefix: '' };
    const split = splitName(name);
    if (split !== undefined) return split;
  }
  records.set('path', encodeName(name));
  return { name: shortName(name), prefix: '' };
}

/** The latest slash that leaves a name of at most 100 bytes behind a prefix of at most 155. */
function splitName(name: string): { name: string; prefix: string } | undefined {
  const slash = name.lastIndexOf('/', Math.min(MAX_PREFIX_BYTES, name.length - 2));
  if (slash <= 0 || name.length - slash - 1 > MAX_NAME_BYTES) return undefined;
  return { name: name.slice(slash + 1), prefix: name.slice(0, slash) };
}

/** For readers that know no PAX. Without a slash at the end, which some take for a directory's. */
function shortName(name: string): string {
  const ascii = name.replace(/[^\x20-\x7e]/g, '').slice(0, MAX_NAME_BYTES);
  return ascii.replace(/\/+$/, '');
}

function encodeLink(target: string, records: Map<string, Buffer>): string {
  if (target.length <= MAX_NAME_BYTES && !NON_ASCII.test(target)) return target;
  records.set('linkpath', encodeName(target));
  return shortName(target);
}

function encodeDevice({ path, device }: TreeEntry): { major: number; minor: number } {
  const { major, minor } = device ?? { major: 0, minor: 0 };
  if (major > MAX_DEVICE || minor > MAX_DEVICE) {
    throw new LayerError('ERR_TSBUILD_LAYER', `device ${JSON.stringify(path)} has a number that tar cannot hold`);
  }
  return { major, minor };
}

/** A number for the header; one that does not fit goes into a record and leaves 0. */
function fit(key: string, value: number, max: number, records: Map<string, Buffer>): number {
  if (value >= 0 && value <= max) return value;
  records.set(key, Buffer.from(String(value)));
  return 0;
}

function paxHeader(entry: UstarFields, path: string): UstarFields {
  const name = joinPath(joinPath(parentPath(path), 'PaxHeaders.0'), baseName(path));
  return {
    ...entry,
    name: shortName(name),
    prefix: '',
    mode: 0o644,
    uid: 0,
    gid: 0,
    size: 0,
    mtime: 0,
    type: TYPE_FLAG.pax,
    linkName: '',
    major: 0,
    minor: 0,
  };
}
