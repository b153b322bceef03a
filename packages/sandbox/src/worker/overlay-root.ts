import { closeSync, fstatSync } from 'node:fs';
import { TsbuildError } from '@tsbuild/core';
import { MNT_DETACH, MS_BIND, MS_MOVE, MS_REC } from '../linux/flags.ts';
import { mount, unmount } from '../linux/libc.ts';
import type { StagedMount } from './mounts/stage.ts';
import { OpenRoot } from './open-root.ts';
import { mountOverlay } from './overlay.ts';
import { refuseTarget } from './refuse-target.ts';
import { removeCreated } from './remove-created.ts';
import { type CreatedEntry, openInRoot } from './root-path.ts';
import type { RunPlace } from './run-place.ts';
import type { SpareDevices } from './spare-devices.ts';

/** Folders that the kernel's own file systems are mounted on; they stay in a root that lacks them. */
const KERNEL_FOLDERS = ['dev', 'proc', 'sys'];

/** A root whose layers are merged by an overlay, being prepared for a command. */
export class OverlayRoot extends OpenRoot {
  readonly #place: RunPlace;
  readonly #created: CreatedEntry[] = [];

  /** `lowers` come bottom first; `upper` takes what is written, by default in a folder of the place. */
  constructor(place: RunPlace, lowers: readonly string[], upper?: string) {
    const layers = lowers.length === 0 ? [place.newFolder()] : lowers;
    mountOverlay({ lowers: layers, writeFolder: place.disk, upper, target: place.root, place });
    super(place.root);
    this.#place = place;
  }

  /** Mounts `/dev` and makes the places for `/proc` and `/sys`. */
  mountDevices(devices: SpareDevices, shmSizeBytes: number | undefined): void {
    for (const name of KERNEL_FOLDERS) this.requireFolder(name);
    devices.mountOn(`${this.#place.root}/dev`, shmSizeBytes);
    if (!this.#place.userNamespace) return;
    // A user namespace may mount the /sys of its own network only; elsewhere this one stays, which it cannot write.
    mount({ source: '/sys', target: `${this.#place.root}/sys`, flags: MS_BIND | MS_REC });
  }

  /** Moves a mount to `target`. What has to be made for it is removed again by `removeMountPoints`. */
  attach(staged: StagedMount, target: string): void {
    const kind = staged.isDirectory ? 'directory' : 'file';
    const point = openInRoot(this.fd, target, { kind, created: this.#created });
    if (point === undefined) throw new Error(`no place for ${target}`);
    try {
      refuseTarget(point.path, target);
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

  /** Removes the mount points that were made, which nothing may cover then. */
  removeMountPoints(): void {
    if (this.#created.length === 0) return;
    unmount(this.#place.root, MNT_DETACH);
    for (const entry of this.#created.splice(0).reverse()) removeCreated(entry);
  }
}
