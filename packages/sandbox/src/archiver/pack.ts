import { type BigIntStats, chmodSync, lchownSync, rmdirSync, unlinkSync } from 'node:fs';
import { baseName, joinPath, type LayerWriter, toFsPath } from '@tsbuild/core';
import type { PackJob } from '../archive-job.ts';
import { isOpaque } from '../linux/opaque.ts';
import { isSameFile } from './compare.ts';
import { EntryWriter, sortedNames, truncateTime } from './entry-writer.ts';
import type { LowerFolders } from './lower-folders.ts';
import { isWhiteout, LowerView, lstatOrUndefined } from './lower-view.ts';

interface Surroundings {
  readonly lower: LowerView;
  /** Writes the entry of the folder that lies around, once, before the first in it. */
  readonly announce: () => Promise<void> | void;
}

/**
 * Writes what an upper folder adds to the layers below as one layer, and then makes the folder say the same as the
 * layer: what was copied up but not changed is removed, times lose their fraction.
 */
export class Packer {
  readonly #job: PackJob;
  readonly #folders: LowerFolders;
  readonly #entries: EntryWriter;
  /** A file whose name means something else in a layer. */
  #hasReservedNames = false;

  constructor(job: PackJob, writer: LayerWriter, folders: LowerFolders) {
    this.#job = job;
    this.#folders = folders;
    this.#entries = new EntryWriter(writer, job.format.owners);
  }

  /** Returns whether the folder says the same as the layer afterwards. */
  async pack(): Promise<boolean> {
    const { upper, lowers } = this.#job;
    await this.#folder('', { lower: LowerView.open(lowers, this.#folders), announce: () => undefined });
    lchownSync(upper, 0, 0); // a change of the root folder itself is not recorded
    chmodSync(upper, 0o755);
    return !this.#hasReservedNames;
  }

  async #folder(path: string, surroundings: Surroundings): Promise<void> {
    for (const name of sortedNames(this.#onDisk(path))) {
      if (name.startsWith('.wh.')) this.#hasReservedNames = true;
      const child = joinPath(path, name);
      const stats = lstatOrUndefined(this.#onDisk(child));
      if (stats === undefined) throw new Error(`${child} vanished from the upper folder`);
      if (stats.isDirectory()) await this.#subfolder(child, stats, surroundings);
      else await this.#other(child, stats, surroundings);
    }
  }

  async #subfolder(path: string, stats: BigIntStats, { lower, announce }: Surroundings): Promise<void> {
    const disk = this.#onDisk(path);
    const below = lower.lookup(baseName(path));
    const opaque = isOpaque(disk, this.#job.format.overlay);
    const hides = opaque && below?.stats.isDirectory() === true;
    let isAnnounced = false;
    const announceThis = async () => {
      if (isAnnounced) return;
      isAnnounced = true;
      await announce();
      await this.#entries.folder(path, disk, stats, hides);
    };
    if (below === undefined || opaque || !isSameFile(disk, stats, below)) await announceThis();
    const seen = opaque || below === undefined ? lower.empty() : below.view;
    await this.#folder(path, { lower: seen, announce: announceThis });
    if (isAnnounced) truncateTime(disk, stats);
    else rmdirSync(toFsPath(disk));
  }

  async #other(path: string, stats: BigIntStats, { lower, announce }: Surroundings): Promise<void> {
    const disk = this.#onDisk(path);
    const below = stats.isSocket() ? undefined : lower.lookup(baseName(path));
    if (stats.isSocket() || (below !== undefined && isSameFile(disk, stats, below))) {
      unlinkSync(toFsPath(disk));
      return;
    }
    await announce();
    if (isWhiteout(stats)) {
      await this.#entries.whiteout(path);
      return;
    }
    await this.#entries.other(path, disk, stats);
    truncateTime(disk, stats);
  }

  #onDisk(path: string): string {
    return path === '' ? this.#job.upper : `${this.#job.upper}/${path}`;
  }
}
