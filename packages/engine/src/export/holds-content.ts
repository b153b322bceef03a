import { createReadStream } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { HashTap, type TreeEntry, type toFsPath } from '@tsbuild/core';

/** True when a regular file of exactly these bytes is there, with as many names: those it does not share would change too. */
export async function holdsContent(
  place: ReturnType<typeof toFsPath>,
  { size, digest }: Pick<TreeEntry, 'size' | 'digest'>,
  names: number,
): Promise<boolean> {
  if (digest === undefined) return false;
  const existing = await lstat(place).catch(() => undefined);
  if (existing?.isFile() !== true || existing.size !== size || existing.nlink !== names) return false;
  return (await digestOfFile(place)) === digest;
}

async function digestOfFile(place: ReturnType<typeof toFsPath>): Promise<string | undefined> {
  const tap = new HashTap();
  try {
    await pipeline(createReadStream(place, { highWaterMark: 1024 * 1024 }), async (bytes) => {
      for await (const _ of tap.through(bytes));
    });
    return tap.digest();
  } catch {
    return undefined; // What cannot be read is written again.
  }
}
