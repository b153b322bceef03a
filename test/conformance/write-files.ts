import { chmod, chown, link, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { mustRun } from '../support/command.ts';
import { type CaseFile, type ConformanceCase, contentOf } from './case.ts';

const SET_XATTR = 'import os, sys; os.setxattr(sys.argv[1], sys.argv[2], sys.argv[3].encode(), follow_symlinks=False)';

/** Makes the build context of a case in `folder`. */
export async function writeContext(
  folder: string,
  { dockerfile, dockerfileName, dockerignore, files }: ConformanceCase,
  http: string,
): Promise<void> {
  await writeFiles(folder, files ?? []);
  if (dockerfile !== undefined) {
    await writeInto(join(folder, dockerfileName ?? 'Dockerfile'), dockerfile.replaceAll('{{HTTP}}', http));
  }
  if (dockerignore !== undefined) await writeInto(join(folder, '.dockerignore'), dockerignore);
}

/** Writes files with parents, modes, owners and links; modes of directories come last, so that they may be read-only. */
export async function writeFiles(folder: string, files: readonly CaseFile[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const file of files) await writeEntry(folder, file);
  for (const file of [...files].reverse()) await setMetadata(join(folder, file.path), file);
}

async function writeEntry(folder: string, file: CaseFile): Promise<void> {
  const path = join(folder, file.path);
  await mkdir(dirname(path), { recursive: true });
  if (file.dir) await mkdir(path, { recursive: true });
  else if (file.symlink !== undefined) await symlink(file.symlink, path);
  else if (file.hardlink !== undefined) await link(join(folder, file.hardlink), path);
  else if (file.fifo) await mustRun(['mkfifo', path]);
  else await writeInto(path, contentOf(file));
}

async function writeInto(path: string, content: string | Buffer): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

async function setMetadata(path: string, file: CaseFile): Promise<void> {
  if (file.symlink !== undefined || file.hardlink !== undefined) return;
  if ((file.uid ?? file.gid) !== undefined && process.getuid?.() === 0) await chown(path, file.uid ?? 0, file.gid ?? 0);
  await chmod(path, Number.parseInt(file.mode ?? (file.dir ? '0755' : '0644'), 8));
  for (const [name, value] of Object.entries(file.xattrs ?? {})) {
    await mustRun(['/usr/bin/python3', '-c', SET_XATTR, path, name, value]);
  }
}
