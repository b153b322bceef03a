import { type BigIntStats, chmodSync, lchownSync, unlinkSync } from 'node:fs';
import { baseName, joinPath, type LayerWriter, parentPath, toFsPath } from '@tsbuild/core';
import type { PackChangesJob } from '../archive-job.ts';
import { type Baseline, readBaseline, stateOf } from './baseline.ts';
import { byCodeUnits, EntryWriter, sortedNames, truncateTime } from './entry-writer.ts';
import { lstatOrUndefined } from './lower-view.ts';

/** Writes what differs in a whole root from its baseline as one layer. */
export class ChangePacker {
  readonly #root: string;
  readonly #before: Baseline;
  readonly #entries: EntryWriter;
  /** A file whose name means something else in a layer. */
  #hasReservedNames = false;
  /** Names that were in a folder. */
  readonly #names = new Map<string, string[]>();

  constructor({ root, baseline }: PackChangesJob, writer: LayerWriter) {
    this.#root = root;
    this.#before = readBaseline(baseline);
    this.#entries = new EntryWriter(writer, 'real');
    for (const path of this.#before.keys()) {
      const names = this.#names.get(parentPath(path));
      if (names === undefined) this.#names.set(parentPath(path), [baseName(path)]);
      else names.push(baseName(path));
    }
  }

  /** Returns whether the root says the same as its layers afterwards. */
  async pack(): Promise<boolean> {
    await this.#folder('', () => undefined);
    lchownSync(this.#root, 0, 0); // a change of the root folder itself is not recorded
    chmodSync(this.#root, 0o755);
    return !this.#hasReservedNames;
  }

  async #folder(path: string, announce: () => Promise<void> | void): Promise<void> {
    const present = sortedNames(path === '' ? this.#root : `${this.#root}/${path}`);
    const names = new Set([...present, ...(this.#names.get(path) ?? [])]);
    for (const name of [...names].sort(byCodeUnits)) {
      if (name.startsWith('.wh.')) this.#hasReservedNames = true;
      const child = joinPath(path, name);
      const stats = lstatOrUndefined(`${this.#root}/${child}`);
      if (stats?.isDirectory() === true) await this.#subfolder(child, stats, announce);
      else if (stats !== undefined) await this.#other(child, stats, announce);
      else {
        await announce();
        await this.#entries.whiteout(child);
      }
    }
  }

  async #subfolder(path: string, stats: BigIntStats, announce: () => Promise<void> | void): Promise<void> {
    const disk = `${this.#root}/${path}`;
    let isAnnounced = false;
    const announceThis = async () => {
      if (isAnnounced) return;
      isAnnounced = true;
      await announce();
      await this.#entries.folder(path, disk, stats, false);
    };
    if (this.#before.get(path) !== stateOf(disk, stats)) await announceThis();
    await this.#folder(path, announceThis);
    if (isAnnounced) truncateTime(disk, stats);
  }

  async #other(path: string, stats: BigIntStats, announce: () => Promise<void> | void): Promise<void> {
    const disk = `${this.#root}/${path}`;
    if (stats.isSocket()) {
      unlinkSync(toFsPath(disk));
      return;
    }
    if (this.#before.get(path) === stateOf(disk, stats)) return;
    await announce();
    await this.#entries.other(path, disk, stats);
    truncateTime(disk, stats);
  }
}
