import { type BigIntStats, lstatSync } from 'node:fs';
import { systemErrorCode, toFsPath } from '@tsbuild/core';
import type { LowerFolders } from './lower-folders.ts';

/** What the layers below say of one name. */
export interface LowerEntry {
  /** Where the topmost of them has it. */
  readonly path: string;
  readonly stats: BigIntStats;
  /** What lies in it, when it is a folder. */
  readonly view: LowerView;
}

/** One folder of a stack of snapshots, as an overlay would merge it. */
export class LowerView {
  /** Folders that contribute, topmost first. */
  readonly #paths: readonly string[];
  readonly #folders: LowerFolders;

  private constructor(paths: readonly string[], folders: LowerFolders) {
    this.#paths = paths;
    this.#folders = folders;
  }

  /** `lowers` come bottom first. One whose root is opaque hides those below: the kernel ignores it on a root. */
  static open(lowers: readonly string[], folders: LowerFolders): LowerView {
    const opaque = lowers.findLastIndex((lower) => folders.isOpaque(lower));
    return new LowerView(lowers.slice(Math.max(opaque, 0)).reverse(), folders);
  }

  /** Of nothing. */
  empty(): LowerView {
    return new LowerView([], this.#folders);
  }

  lookup(name: string): LowerEntry | undefined {
    const found: { path: string; stats: BigIntStats }[] = [];
    for (const folder of this.#paths) {
      const path = `${folder}/${name}`;
      const stats = this.#stats(folder, name);
      if (stats === undefined) continue;
      if (isWhiteout(stats) || (found.length > 0 && !stats.isDirectory())) break;
      found.push({ path, stats });
      if (!stats.isDirectory() || this.#folders.isOpaque(path)) break;
    }
    const [first] = found;
    if (first === undefined) return undefined;
    const paths = first.stats.isDirectory() ? found.map(({ path }) => path) : [];
    return { ...first, view: new LowerView(paths, this.#folders) };
  }

  #stats(folder: string, name: string): BigIntStats | undefined {
    if (!this.#folders.mayHave(folder, name)) return undefined;
    const stats = lstatOrUndefined(`${folder}/${name}`);
    if (stats === undefined) this.#folders.lacks(folder);
    return stats;
  }
}

/** Overlays note a deleted name as a character device 0/0. */
export function isWhiteout(stats: BigIntStats): boolean {
  return stats.isCharacterDevice() && stats.rdev === 0n;
}

export function lstatOrUndefined(path: string): BigIntStats | undefined {
  try {
    return lstatSync(toFsPath(path), { bigint: true });
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
