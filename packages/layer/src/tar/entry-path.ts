import { decodeName, UnsafePathError } from '@tsbuild/core';
import { archiveTooLarge } from './errors.ts';
import type { ReadTarOptions } from './tar-entry.ts';

/** Components that cleaning changes: empty ones, `.` and `..`. */
const UNCLEAN = /(?:^|\/)\.{0,2}(?:\/|$)/;

/**
 * The path in the tree that a name in an archive means: without leading `/` and `./`, without a trailing slash, `..`
 * resolved by name. The root is `''`.
 * @throws {UnsafePathError} when the name leaves the root and `dotdot` refuses that, or holds a NUL
 */
export function cleanPath(name: string, dotdot: ReadTarOptions['dotdot'] = 'refuse'): string {
  if (name.includes('\0')) throw new UnsafePathError(name, 'it holds a NUL');
  if (!UNCLEAN.test(name)) return name;
  const parts: string[] = [];
  for (const part of name.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined && dotdot === 'refuse') {
      throw new UnsafePathError(name, 'it leads out of the root');
    }
  }
  return parts.join('/');
}

/** A name's text, once its length is known to be bearable. */
export function decodeBoundedName(bytes: Buffer, limit: number): string {
  if (bytes.length > limit) throw archiveTooLarge(`a name has ${bytes.length} bytes, at most ${limit} are allowed`);
  return decodeName(bytes);
}
