import { readdirSync } from 'node:fs';
import { decodeName, fromSystemError, systemErrorCode, toFsPath } from '@tsbuild/core';

/** Names in a directory in code-unit order, those that are not UTF-8 too; none when it is gone. */
export function listDirectory(place: string): string[] {
  const path = toFsPath(place);
  try {
    const names = readdirSync(path);
    const mayBeBytes = names.some((name) => name.includes('\uFFFD'));
    return (mayBeBytes ? readdirSync(path, { encoding: 'buffer' }).map(decodeName) : names).sort();
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT' || systemErrorCode(error) === 'ENOTDIR') return [];
    throw fromSystemError(error, 'reading the build context');
  }
}
