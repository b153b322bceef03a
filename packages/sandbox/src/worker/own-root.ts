import { closeSync, fstatSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { TsbuildError } from '@tsbuild/core';
import { MNT_DETACH, MS_BIND, MS_PRIVATE, MS_REC, O_PATH } from '../linux/flags.ts';
import { changeDirectory, changeRoot, mount, pivotRoot, unmount } from '../linux/libc.ts';

/** A path has at most 2048 parts; taken twice, this leaves every folder. */
const STEPS_UP = '../'.repeat(1300);

/**
 * Makes the root of this process that of its mount namespace, and its mounts private. In a plain chroot they differ:
 * the whole machine lies above, where the `pivot_root` of a command does not reach but a second chroot in it does. As
 * root we can climb there ourselves, and put a copy of the surrounding root in its place.
 *
 * `folder` is where the copy is mounted first. @throws when something is left above the root
 */
export function ownRoot(folder: string): void {
  const root = openFolder('/');
  try {
    const top = openTop(folder, root);
    try {
      enter(top);
      mount({ target: '/', flags: MS_REC | MS_PRIVATE });
      enter(root);
      if (isSame(root, top)) return;
      replaceTop(top, folder);
    } finally {
      closeSync(top);
    }
  } finally {
    closeSync(root);
  }
  requireNothingAbove(folder);
}

/** The root of the mount namespace, found by climbing there; the root of this process is `root` again. */
function openTop(folder: string, root: number): number {
  changeRoot(folder); // ours now lies below `/`, so going up from there no longer ends at it
  try {
    changeDirectory(root);
    process.chdir(STEPS_UP);
    process.chdir(STEPS_UP);
    return openFolder('.');
  } finally {
    enter(root);
  }
}

/** Puts a copy of the root of this process, with its mounts, in the place of `top`, which is let go. */
function replaceTop(top: number, folder: string): void {
  const path = `${folder}/root`;
  mkdirSync(path);
  mount({ source: '/', target: path, flags: MS_BIND | MS_REC });
  const copy = openFolder(path);
  try {
    enter(top);
    changeDirectory(copy);
    pivotRoot('.', '.');
    unmount('.', MNT_DETACH);
    process.chdir('/');
  } finally {
    closeSync(copy);
  }
}

function requireNothingAbove(folder: string): void {
  const root = openFolder('/');
  const top = openTop(folder, root);
  const isOwn = isSame(root, top);
  for (const fd of [root, top]) closeSync(fd);
  if (isOwn) return;
  throw new TsbuildError('ERR_TSBUILD_RUN_UNAVAILABLE', 'this process runs in a chroot that a command could leave', {
    hint: 'start it in a container, or where / is the root of a mount namespace',
  });
}

function enter(fd: number): void {
  changeDirectory(fd);
  changeRoot('.');
}

function openFolder(path: string): number {
  return openSync(path, O_PATH);
}

/** The same folder of the same mount; a bind mount of a folder is another. */
function isSame(a: number, b: number): boolean {
  return mountId(a) === mountId(b) && fstatSync(a, { bigint: true }).ino === fstatSync(b, { bigint: true }).ino;
}

function mountId(fd: number): string | undefined {
  return /^mnt_id:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1];
}
