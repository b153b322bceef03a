import { baseName, joinPath, parentPath, UnsafePathError } from '@tsbuild/core';

/** @see https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md#whiteouts */
const WHITEOUT_PREFIX = '.wh.';
const META_PREFIX = '.wh..wh.';
const OPAQUE_NAME = '.wh..wh..opq';

/** What a name that starts with `.wh.` means. */
export type WhiteoutMeaning =
  | { readonly type: 'whiteout'; readonly path: string }
  | { readonly type: 'opaque'; readonly path: string }
  /** Bookkeeping of aufs, which says nothing about the file system. */
  | { readonly type: 'ignored' };

/** The name in the archive that hides `path`. */
export function whiteoutName(path: string): string {
  return joinPath(parentPath(path), WHITEOUT_PREFIX + baseName(path));
}

/** The name in the archive that makes `directory` opaque. */
export function opaqueName(directory: string): string {
  return joinPath(directory, OPAQUE_NAME);
}

/**
 * The meaning of a path whose name is reserved for whiteouts, undefined for any other.
 * @throws {UnsafePathError} when it would hide nothing, `.` or `..`, or lies below a reserved name
 */
export function whiteoutMeaning(path: string): WhiteoutMeaning | undefined {
  if (!path.includes(WHITEOUT_PREFIX)) return undefined;
  const directory = parentPath(path);
  const name = baseName(path);
  for (const part of directory.split('/')) {
    if (part.startsWith(META_PREFIX)) return { type: 'ignored' };
    if (part.startsWith(WHITEOUT_PREFIX)) throw new UnsafePathError(path, 'a whiteout is no directory');
  }
  if (!name.startsWith(WHITEOUT_PREFIX)) return undefined;
  if (name === OPAQUE_NAME) return { type: 'opaque', path: directory };
  if (name.startsWith(META_PREFIX)) return { type: 'ignored' };
  const hidden = name.slice(WHITEOUT_PREFIX.length);
  if (hidden === '' || hidden === '.' || hidden === '..') throw new UnsafePathError(path, 'it hides no name');
  return { type: 'whiteout', path: joinPath(directory, hidden) };
}
