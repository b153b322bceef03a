import { closeSync, constants, fstatSync, mkdirSync, openSync, readlinkSync } from 'node:fs';
import { decodeName, joinPath, systemErrorCode, TsbuildError, toFsPath } from '@tsbuild/core';
import { O_PATH } from '../linux/flags.ts';

/** As many symlinks as Linux follows in one lookup. */
const MAX_SYMLINKS = 40;

/** A mount point or folder that did not exist, by the folder it was made in. */
export interface CreatedEntry {
  /** Stays open until the entry is removed, so that it is found wherever its folder was moved. */
  readonly parent: number;
  readonly name: string;
  readonly kind: 'directory' | 'file';
}

/** A place in a root file system, held open. */
export interface RootPath {
  /** Opened with O_PATH; `/proc/self/fd/N` names exactly this place. */
  readonly fd: number;
  /** Path from the root without symlinks and without a leading slash. */
  readonly path: string;
}

/** What to make when it is missing; parents are folders. */
export interface Creation {
  readonly kind: 'directory' | 'file';
  /** Takes what was made, outermost first, also when the walk fails later. */
  readonly created: CreatedEntry[];
}

interface Step {
  readonly fd: number;
  readonly path: string;
}

/**
 * Walks `path` below the open folder `root` one name at a time, never through the kernel's own symlink resolution, so
 * the walk cannot leave the root even while somebody else changes it. Symlinks lead where they would after a chroot.
 * Returns undefined when the path does not exist and `create` is not given.
 */
export function openInRoot(root: number, path: string, create?: Creation): RootPath | undefined {
  const pending = path.split('/').reverse();
  const steps: Step[] = [{ fd: reopen(root), path: '' }];
  let links = 0;
  try {
    while (pending.length > 0) {
      const name = pending.pop() ?? '';
      const current = lastStep(steps);
      if (name === '' || name === '.') continue;
      if (name === '..') {
        if (steps.length > 1) closeSync(steps.pop()?.fd ?? -1);
        continue;
      }
      const isLast = pending.every((rest) => rest === '' || rest === '.');
      const fd = openName(current, name, create && { ...create, kind: isLast ? create.kind : 'directory' });
      if (fd === undefined) return undefined;
      if (!fstatSync(fd).isSymbolicLink()) {
        steps.push({ fd, path: joinPath(current.path, name) });
        continue;
      }
      closeSync(fd);
      links += 1;
      if (links > MAX_SYMLINKS) throw new TsbuildError('ERR_TSBUILD_SANDBOX', `too many symlinks in ${quote(path)}`);
      const target = decodeName(readlinkSync(entryPath(current.fd, name), { encoding: 'buffer' }));
      if (target.startsWith('/')) for (const step of steps.splice(1)) closeSync(step.fd);
      pending.push(...target.split('/').reverse());
    }
    const { fd, path: resolved } = lastStep(steps);
    steps.pop();
    return { fd, path: resolved };
  } finally {
    for (const { fd } of steps) closeSync(fd);
  }
}

/** Path of an entry of an open folder, for `node:fs`. */
export function entryPath(folder: number, name: string): string | Buffer {
  return toFsPath(`/proc/self/fd/${folder}/${name}`);
}

function openName({ fd: folder, path }: Step, name: string, create: Creation | undefined): number | undefined {
  try {
    return openSync(entryPath(folder, name), O_PATH | constants.O_NOFOLLOW);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' && create === undefined) return undefined;
    if (code !== 'ENOENT') throw cannotOpen(joinPath(path, name), code, error);
  }
  try {
    if (create?.kind === 'file') closeSync(openSync(entryPath(folder, name), 'wx', 0o644));
    else mkdirSync(entryPath(folder, name), 0o755);
    create?.created.push({ parent: reopen(folder), name, kind: create.kind });
    return openSync(entryPath(folder, name), O_PATH | constants.O_NOFOLLOW);
  } catch (error) {
    throw cannotOpen(joinPath(path, name), systemErrorCode(error), error);
  }
}

function cannotOpen(path: string, code: string | undefined, cause: unknown): TsbuildError {
  return new TsbuildError('ERR_TSBUILD_SANDBOX', `cannot open or make ${quote(`/${path}`)} in the root: ${code}`, {
    cause,
  });
}

function reopen(folder: number): number {
  return openSync(`/proc/self/fd/${folder}/.`, O_PATH);
}

function lastStep(steps: readonly Step[]): Step {
  const step = steps.at(-1);
  if (step === undefined) throw new Error('the walk has left its root');
  return step;
}

function quote(path: string): string {
  return JSON.stringify(path);
}
