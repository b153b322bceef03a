import { closeSync, fstatSync, lstatSync, openSync, rmdirSync, unlinkSync } from 'node:fs';
import { systemErrorCode, TsbuildError } from '@tsbuild/core';
import { MNT_DETACH, MS_BIND, MS_MOVE, MS_REC, O_PATH } from '../linux/flags.ts';
import { mount, unmount } from '../linux/libc.ts';
import { mountDevices } from './devices.ts';
import type { StagedMount } from './mounts/stage.ts';
import { mountOverlay } from './overlay.ts';
import { type CreatedEntry, entryPath, openInRoot } from './root-path.ts';
import type { RunPlace } from './run-place.ts';

/** Folders that the kernel's own file systems are mounted on; they stay in a root that lacks them. */
const KERNEL_FOLDERS = ['dev', 'proc', 'sys'];

/** A mounted root file system, being prepared for a command. */
export class Root {
  /** Open with O_PATH. */
  readonly fd: number;
  readonly #place: RunPlace;
  readonly #created: CreatedEntry[] = [];

  /** `lowers` come bottom first. */
  constructor(place: RunPlace, lowers: readonly string[]) {
    this.#place = place;
    const layers = lowers.length === 0 ? [place.newFolder()] : lowers;
    mountOverlay({ lowers: layers, writeFolder: place.disk, target: place.root, place });
    this.fd = openSync(place.root, O_PATH);
  }

  /** Mounts `/dev` and makes the places for `/proc` and `/sys`. */
  mountDevices(shmSizeBytes: number | undefined): void {
    for (const name of KERNEL_FOLDERS) this.#requireFolder(name);
    mountDevices(`${this.#place.root}/dev`, { shmSizeBytes });
    if (!this.#place.userNamespace) return;
    // A user namespace may mount the /sys of its own network only; elsewhere this one stays, which it cannot write.
    mount({ source: '/sys', target: `${this.#place.root}/sys`, flags: MS_BIND | MS_REC });
  }

  /** Moves a mount to `target`. What has to be made for it is removed again by `close`. */
  attach(staged: StagedMount, target: string): void {
    const kind = staged.isDirectory ? 'directory' : 'file';
    const point = openInRoot(this.fd, target, { kind, created: this.#created });
    if (point === undefined) throw new Error(`no place for ${target}`);
    try {
      this.#refuseTarget(point.path, target);
      if (fstatSync(point.fd).isDirectory() !== staged.isDirectory) {
        throw new TsbuildError('ERR_TSBUILD_SANDBOX', `cannot mount a ${kind} on ${JSON.stringify(target)}`, {
          hint: `the target exists and is ${staged.isDirectory ? 'no folder' : 'a folder'}`,
        });
      }
      mount({ source: staged.path, target: `/proc/self/fd/${point.fd}`, flags: MS_MOVE });
    } finally {
      closeSync(point.fd);
    }
  }

  /** Makes the working directory if it is missing; unlike mount points it stays. Returns it without symlinks. */
  makeWorkingDirectory(cwd: string): string {
    const { path, isDirectory } = this.#makeFolder(cwd);
    if (isDirectory) return `/${path}`;
    throw new TsbuildError('ERR_TSBUILD_SANDBOX', `working directory ${JSON.stringify(cwd)} is not a folder`);
  }

  /** Unmounts it and removes the mount points that were made. */
  close(): void {
    unmount(this.#place.root, MNT_DETACH);
    for (const entry of this.#created.reverse()) removeCreated(entry);
    closeSync(this.fd);
  }

  #requireFolder(name: string): void {
    const { path, isDirectory } = this.#makeFolder(name);
    if (isDirectory && path === name) return;
    throw new TsbuildError('ERR_TSBUILD_SANDBOX', `/${name} of the root is not a folder`, {
      hint: 'the sandbox mounts it; a symlink in its place is refused',
    });
  }

  #makeFolder(target: string): { readonly path: string; readonly isDirectory: boolean } {
    const created: CreatedEntry[] = [];
    const place = openInRoot(this.fd, target, { kind: 'directory', created });
    for (const { parent } of created) closeSync(parent);
    if (place === undefined) throw new Error(`no place for ${target}`);
    const isDirectory = fstatSync(place.fd).isDirectory();
    closeSync(place.fd);
    return { path: place.path, isDirectory };
  }

  #refuseTarget(path: string, target: string): void {
    if (path !== '' && path !== 'proc' && !path.startsWith('proc/') && path !== 'sys' && path !== 'dev') return;
    throw new TsbuildError('ERR_TSBUILD_SANDBOX', `cannot mount on ${JSON.stringify(target)}`, {
      hint: 'the root, /proc, /sys and /dev are the sandbox’s own',
    });
  }
}

/** Leaves what the command itself put there. */
function removeCreated({ parent, name, kind }: CreatedEntry): void {
  const path = entryPath(parent, name);
  try {
    if (kind === 'directory') rmdirSync(path);
    else if (lstatSync(path).isFile() && lstatSync(path).size === 0) unlinkSync(path);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code !== 'ENOTEMPTY' && code !== 'ENOENT' && code !== 'ENOTDIR' && code !== 'EROFS') throw error;
  } finally {
    closeSync(parent);
  }
}
