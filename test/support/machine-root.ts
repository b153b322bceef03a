import { copyFile, lstat, mkdir, readlink, symlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { mustRun, runCommand } from './command.ts';
import { findCommand } from './parts.ts';

/**
 * Copies programs of this machine and the libraries that `ldd` names into the folder `root`, at the same paths, so that
 * they run there as their own root file system. Names that this machine lacks are left out.
 */
export async function copyPrograms(root: string, names: readonly string[]): Promise<void> {
  const programs = names.flatMap((name) => findCommand(name) ?? []);
  await copyPaths(root, [...programs, ...(await librariesOf(programs))]);
}

/** Copies files, folders and links of this machine into `root`, at the same paths; links on the way become links. */
export async function copyPaths(root: string, paths: readonly string[]): Promise<void> {
  for (const path of paths) await copyPath(root, path);
}

/** Every library, with the loader, that the programs and libraries in `files` need. */
export async function librariesOf(files: readonly string[]): Promise<string[]> {
  const { stdout } = await runCommand(['ldd', ...files]);
  return [...new Set([...stdout.matchAll(/^\s+(?:\S+ => )?(\/\S+) \(0x/gm)].map(([, path = '']) => path))];
}

async function copyPath(root: string, path: string): Promise<void> {
  const resolved = await copyLinks(root, path);
  const target = join(root, resolved);
  if ((await lstat(resolved)).isDirectory()) return copyTree(resolved, target);
  await mkdir(dirname(target), { recursive: true });
  await copyFile(resolved, target);
}

/** Copies a file or a folder to `target`, which does not exist; many times faster than `fs.cp`. */
export async function copyTree(source: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  await mustRun(['cp', '--archive', '--no-target-directory', '--reflink=auto', source, target]);
}

/** Makes the symlinks that lead to `path` (`/bin` → `usr/bin`, `python3` → `python3.11`); returns what is at their end. */
async function copyLinks(root: string, path: string): Promise<string> {
  let current = '/';
  const names = path.split('/').filter((name) => name !== '');
  for (const [index, name] of names.entries()) {
    const next = join(current, name);
    if (!(await lstat(next)).isSymbolicLink()) {
      current = next;
      continue;
    }
    const target = await readlink(next);
    await makeLink(target, join(root, next));
    return copyLinks(root, join(resolve(current, target), ...names.slice(index + 1)));
  }
  return current;
}

async function makeLink(target: string, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const existing = await lstat(path).catch(() => undefined);
  if (existing === undefined) await symlink(target, path);
}
