import { mkdirSync } from 'node:fs';
import { MNT_DETACH, MS_MOVE } from '../linux/flags.ts';
import { mount, unmount } from '../linux/libc.ts';
import { mountDevices } from './devices.ts';

/** Has the `/dev` of the next command ready: each gets one of its own, and nobody waits while it is made. */
export class SpareDevices {
  readonly #folder: string;
  #isMounted = false;

  /** `folder` does not exist yet. */
  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, 0o755);
  }

  /** Mounts a new `/dev` on `target`. */
  mountOn(target: string, shmSizeBytes: number | undefined): void {
    if (shmSizeBytes !== undefined) {
      mountDevices(target, { shmSizeBytes });
      return;
    }
    this.#make();
    mount({ source: this.#folder, target, flags: MS_MOVE });
    this.#isMounted = false;
  }

  /** To be called when there is time. What fails fails again when it is needed. */
  prepare(): void {
    try {
      this.#make();
    } catch {
      // told to the command that needs it
    }
  }

  #make(): void {
    if (this.#isMounted) return;
    try {
      mountDevices(this.#folder, {});
      this.#isMounted = true;
    } finally {
      if (!this.#isMounted) this.#takeDown();
    }
  }

  /** What was mounted of it when making it failed. */
  #takeDown(): void {
    try {
      unmount(this.#folder, MNT_DETACH);
    } catch {
      // not even the first mount
    }
  }
}
