import { lstatSync, readlinkSync, type Stats } from 'node:fs';
import { decodeName, type EntryType, fromSystemError, systemErrorCode, type TreeEntry, toFsPath } from '@tsbuild/core';
import type { FileIdentity } from '@tsbuild/store';

/** What is at a place of the disk. */
export interface LocalEntry {
  readonly entry: TreeEntry;
  readonly identity: FileIdentity;
  /** The file has other names. */
  readonly isLinked: boolean;
}

/** Looks at a place without following it. Undefined when nothing is there, or a socket. */
export function lstatEntry(place: string, path: string): LocalEntry | undefined {
  const stats = lstatIfThere(place);
  const type = stats === undefined ? undefined : typeOf(stats);
  if (stats === undefined || type === undefined) return undefined;
  return {
    entry: toEntry(stats, type, { place, path }),
    identity: identityOf(stats),
    isLinked: type === 'file' && stats.nlink > 1,
  };
}

function toEntry(stats: Stats, type: EntryType, { place, path }: { place: string; path: string }): TreeEntry {
  const size = type === 'file' ? stats.size : 0;
  const entry = { path, type, mode: stats.mode & 0o7777, uid: 0, gid: 0, size, mtime: stats.mtimeMs / 1000 };
  if (type === 'symlink') return { ...entry, linkTarget: readLink(place) };
  return type === 'char' || type === 'block' ? { ...entry, device: deviceOf(stats.rdev) } : entry;
}

/** Only what a memo asks for: the whole of the stats would be kept in memory for every file. */
function identityOf({ dev, ino, ctimeMs, mtimeMs, size }: Stats): FileIdentity {
  return { dev, ino, ctimeMs, mtimeMs, size };
}

function lstatIfThere(place: string): Stats | undefined {
  try {
    return lstatSync(toFsPath(place), { throwIfNoEntry: false });
  } catch (error) {
    if (systemErrorCode(error) === 'ENOTDIR') return undefined;
    throw fromSystemError(error, 'reading the build context');
  }
}

function typeOf(stats: Stats): EntryType | undefined {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'directory';
  if (stats.isSymbolicLink()) return 'symlink';
  if (stats.isFIFO()) return 'fifo';
  if (stats.isCharacterDevice()) return 'char';
  return stats.isBlockDevice() ? 'block' : undefined;
}

function readLink(place: string): string {
  try {
    return decodeName(readlinkSync(toFsPath(place), { encoding: 'buffer' }));
  } catch (error) {
    throw fromSystemError(error, 'reading the build context');
  }
}

/** Linux splits the 64 bits of a device number in four; only the lower 32 are in use. */
function deviceOf(rdev: number): { major: number; minor: number } {
  return { major: (rdev >>> 8) & 0xfff, minor: (rdev & 0xff) | ((rdev >>> 12) & 0xfff00) };
}
