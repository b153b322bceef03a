import { randomBytes } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { fromSystemError, isTsbuildError, systemErrorCode, TsbuildError } from '@tsbuild/core';

/** Writes a file as a whole or not at all. @throws {TsbuildError} */
export async function writeWholeFile(path: string, text: string | AsyncIterable<string>): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await writeFile(temporary, text, { flag: 'wx' });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw unwritable(path, fromSystemError(error, `writing ${path}`));
  }
}

function unwritable(path: string, error: unknown): unknown {
  if (isTsbuildError(error)) return error;
  const reason = REASONS.get(systemErrorCode(error) ?? '') ?? String(error);
  return new TsbuildError('ERR_TSBUILD_OUTPUT', `cannot write ${path}: ${reason}`, { cause: error });
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'its folder does not exist'],
  ['ENOTDIR', 'its folder is a file'],
  ['EISDIR', 'it is a folder'],
]);
