import { type BigIntStats, closeSync, openSync, readlinkSync, readSync } from 'node:fs';
import { toFsPath } from '@tsbuild/core';
import { keptXattrs } from './kept-xattrs.ts';
import type { LowerEntry } from './lower-view.ts';

const BUFFER_BYTES = 256 * 1024;

/**
 * True when a file that lies in an upper folder is what the layers below have: opened for writing, or given the owner
 * it had, and so copied up by the kernel, but not changed. Times of folders do not count.
 */
export function isSameFile(path: string, stats: BigIntStats, below: LowerEntry): boolean {
  if (stats.mode !== below.stats.mode || stats.uid !== below.stats.uid || stats.gid !== below.stats.gid) return false;
  if (!sameXattrs(path, below.path)) return false;
  if (stats.isDirectory()) return true;
  if (stats.mtimeNs !== below.stats.mtimeNs || stats.size !== below.stats.size) return false;
  if (stats.isSymbolicLink()) return sameLink(path, below.path);
  if (stats.isFile()) return sameContent(path, below.path);
  return stats.rdev === below.stats.rdev;
}

function sameXattrs(a: string, b: string): boolean {
  const [left = {}, right = {}] = [keptXattrs(a), keptXattrs(b)];
  const names = Object.keys(left);
  if (names.length !== Object.keys(right).length) return false;
  return names.every((name) => {
    const [x, y] = [left[name], right[name]];
    return x !== undefined && y !== undefined && Buffer.compare(x, y) === 0;
  });
}

function sameLink(a: string, b: string): boolean {
  return readlinkSync(toFsPath(a), 'buffer').equals(readlinkSync(toFsPath(b), 'buffer'));
}

function sameContent(a: string, b: string): boolean {
  const left = openSync(toFsPath(a), 'r');
  const right = openSync(toFsPath(b), 'r');
  const [x, y] = [Buffer.allocUnsafe(BUFFER_BYTES), Buffer.allocUnsafe(BUFFER_BYTES)];
  try {
    for (;;) {
      const length = readSync(left, x);
      if (length !== readSync(right, y) || x.compare(y, 0, length, 0, length) !== 0) return false;
      if (length === 0) return true;
    }
  } finally {
    closeSync(left);
    closeSync(right);
  }
}
