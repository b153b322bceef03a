import { createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type ByteStream, fromSystemError, systemErrorCode, TsbuildError } from '@tsbuild/core';

/** Writes a file that appears under its name when it is complete; a device or a pipe is written to as it is. */
export async function writeArchive(archive: ByteStream, dest: string): Promise<void> {
  const existing = await stat(dest).catch(() => undefined);
  const isPlain = existing === undefined || existing.isFile();
  const path = isPlain ? join(dirname(dest), `.${basename(dest)}.${process.pid}.partial`) : dest;
  try {
    await pipeline(archive, createWriteStream(path));
    if (isPlain) await rename(path, dest);
  } catch (error) {
    if (isPlain) await rm(path, { force: true });
    throw writeFailed(dest, error);
  }
}

function writeFailed(dest: string, cause: unknown): unknown {
  const code = systemErrorCode(cause);
  if (code !== 'ENOENT' && code !== 'EISDIR' && code !== 'ENOTDIR') return fromSystemError(cause, `writing ${dest}`);
  const problem = code === 'EISDIR' ? 'it is a folder' : 'its folder does not exist';
  return new TsbuildError('ERR_TSBUILD_OUTPUT', `cannot write ${dest}: ${problem}`, { cause });
}
