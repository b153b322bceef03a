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
  const extra = new ExtraRecords();
  const isLink = entry.hardlink !== undefined;
  const { name, prefix } = encodePath(entryName(entry), extra);
  const { major, minor } = encodeDevice(entry);
  const ustar: UstarFields = {
    name,
    prefix,
    mode: entry.mode & 0o7777,
    uid: fit('uid', entry.uid, MAX_ID, extra),
    gid: fit('gid', entry.gid, MAX_ID, extra),
    size: isLink ? 0 : fit('size', entry.size, MAX_SIZE, extra),
    mtime: fit('mtime', Math.floor(entry.mtime), MAX_SIZE, extra),
    type: isLink ? TYPE_FLAG.hardlink : TYPE_FLAGS[entry.type],
    linkName: encodeLink(entry.hardlink ?? entry.linkTarget ?? '', extra),
    major,
    minor,
  };
  if (entry.xattrs !== undefined) addXattrs(entry.path, entry.xattrs, extra);
  const { records } = extra;
  return records === undefined ? { ustar } : { ustar, pax: { ustar: paxHeader(ustar, entry.path), records } };
}

/** PAX records of an entry; most need none. */
class ExtraRecords {
  records: Map<string, Buffer> | undefined;

  set(key: string, value: Buffer): void {
    this.records ??= new Map();
    this.records.set(key, value);
  }
}

function entryName({ type, path }: TreeEntry): string {
  if (type !== 'directory') return path;
  return path === '' ? './' : `${path}/`;
}

function addXattrs(path: string, xattrs: NonNullable<TreeEntry['xattrs']>, extra: ExtraRecords): void {
  for (const [key, value] of Object.entries(xattrs)) {
    if (key.includes('=')) throw cannotHold(path, `the attribute ${JSON.stringify(key)}`);
    extra.set(`${XATTR_PREFIX}${encodeName(key).toString('latin1')}`, Buffer.from(value));
  }
}

/** A whiteout or an opaque marker: an empty file of the reserved name. */
export function encodeMarker(path: string): EncodedEntry {
  return encodeEntry({ path, type: 'file', mode: 0, uid: 0, gid: 0, size: 0, mtime: 0 });
}

const NON_ASCII = /[\u0080-\uffff]/;

function encodePath(name: string, extra: ExtraRecords): { name: string; prefix: string } {
  if (!NON_ASCII.test(name)) {
    if (name.length <= MAX_NAME_BYTES) return { name, prefix: '' };
    const split = splitName(name);
    if (split !== undefined) return split;
  }
  extra.set('path', encodeName(name));
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

function encodeLink(target: string, extra: ExtraRecords): string {
  if (target.length <= MAX_NAME_BYTES && !NON_ASCII.test(target)) return target;
  extra.set('linkpath', encodeName(target));
  return shortName(target);
}

const NO_DEVICE = { major: 0, minor: 0 };

function encodeDevice({ path, device = NO_DEVICE }: TreeEntry): { major: number; minor: number } {
  const { major, minor } = device;
  if (major > MAX_DEVICE || minor > MAX_DEVICE) throw cannotHold(path, `the device number ${major}:${minor}`);
  return device;
}

/** A number for the header; one that does not fit goes into a record and leaves 0. */
function fit(key: string, value: number, max: number, extra: ExtraRecords): number {
  if (value >= 0 && value <= max) return value;
  extra.set(key, Buffer.from(String(value)));
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

function cannotHold(path: string, what: string): LayerError {
  return new LayerError('ERR_TSBUILD_LAYER', `tar cannot hold ${what} of ${JSON.stringify(path)}`);
}
