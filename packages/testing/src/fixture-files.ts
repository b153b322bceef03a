import { chmod, mkdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { UsageError } from '@tsbuild/core';
import type { MemoryFile } from '@tsbuild/engine';

/** Files by path, as in an in-memory context: text, bytes, or an object with a mode, a link or a folder. */
export type FixtureFiles = Readonly<Record<string, MemoryFile>>;

/** Writes files below `folder` in the order given; what is there already is replaced. */
export async function writeFiles(folder: string, files: FixtureFiles): Promise<void> {
  for (const [path, file] of Object.entries(files)) await writeEntry(inside(folder, path), file);
}

/** Sets the times of a file or folder. */
export async function touchFile(folder: string, path: string, time: Date): Promise<void> {
  await utimes(inside(folder, path), time, time);
}

/** Removes a file or a folder with everything in it. */
export async function removeFile(folder: string, path: string): Promise<void> {
  await rm(inside(folder, path), { recursive: true });
}

async function writeEntry(path: string, file: MemoryFile): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  if (typeof file === 'string' || file instanceof Uint8Array) return writeContent(path, { content: file });
  if ('content' in file) return writeContent(path, file);
  if ('symlink' in file) {
    await rm(path, { force: true });
    return symlink(file.symlink, path);
  }
  await mkdir(path, { recursive: true });
  await chmod(path, file.mode ?? 0o755);
}

/** The mode is set apart from writing: what `writeFile` is given is cut by the umask. */
async function writeContent(path: string, file: Extract<MemoryFile, { content: unknown }>): Promise<void> {
  await writeFile(path, file.content);
  await chmod(path, file.mode ?? 0o644);
  if (file.mtime !== undefined) await utimes(path, file.mtime, file.mtime);
}

function inside(folder: string, path: string): string {
  const absolute = join(folder, path);
  const isInside = !relative(folder, absolute).startsWith('..') && absolute !== folder;
  if (!isInside) throw new UsageError(`${JSON.stringify(path)} is not a path inside the build context`);
  return absolute;
}
