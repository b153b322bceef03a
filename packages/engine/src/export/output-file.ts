import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Digest } from '@tsbuild/core';
import { type ExportContext, writeFailed } from './export-context.ts';

/** True when the file at `dest` is what {@link placeOutput} made of `content`, and nobody has touched it since. */
export function isPlaced(dest: string, content: Digest, { store }: ExportContext): Promise<boolean> {
  return store.written.has(resolve(dest), content);
}

export interface OutputFile<T> {
  readonly dest: string;
  write(path: string): Promise<T>;
  /** Digest of everything that decides the bytes of what was written. */
  contentOf(written: T): Digest;
}

/** Writes a file, which appears at `dest` when it is complete; nothing stays behind when that fails. */
export async function placeOutput<T>(file: OutputFile<T>, context: ExportContext): Promise<T> {
  const { dest } = file;
  const partial = join(dirname(dest), `.${basename(dest)}.${process.pid}.partial`);
  const begun = Date.now() / 1000;
  try {
    const written = await file.write(partial);
    await moveAndRemember({ partial, dest, begun, content: file.contentOf(written) }, context);
    return written;
  } catch (error) {
    await rm(partial, { force: true });
    throw writeFailed(dest, error, context);
  }
}

interface Placement {
  readonly partial: string;
  readonly dest: string;
  readonly begun: number;
  readonly content: Digest;
}

/**
 * The file gets the time at which its writing began: whoever writes to it as soon as it is in its place sets another, even within
 * the same tick of the clock. So what is remembered is never said of other bytes.
 */
async function moveAndRemember({ partial, dest, begun, content }: Placement, { store }: ExportContext): Promise<void> {
  await using file = await open(partial);
  await file.utimes(begun, begun);
  const { mtimeNs } = await file.stat({ bigint: true });
  await rename(partial, dest);
  const placed = await file.stat({ bigint: true });
  if (placed.mtimeNs === mtimeNs) await store.written.put(resolve(dest), placed, content);
}
