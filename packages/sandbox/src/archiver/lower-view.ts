import { type BigIntStats, lstatSync } from 'node:fs';
import { systemErrorCode, toFsPath } from '@tsbuild/core';
import type { OverlayNamespace } from '../archive-job.ts';
import { isOpaque, visibleLayers } from '../linux/visible-layers.ts';

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
  static readonly EMPTY = new LowerView([], 'trusted');
  /** Folders that contribute, topmost first. */
  readonly #folders: readonly string[];
  readonly #overlay: OverlayNamespace;

  private constructor(folders: readonly string[], overlay: OverlayNamespace) {
    this.#folders = folders;
    this.#overlay = overlay;
  }

  /** `lowers` come bottom first. */
  static open(lowers: readonly string[], overlay: OverlayNamespace): LowerView {
    return new LowerView(visibleLayers(lowers, overlay).toReversed(), overlay);
  }

  lookup(name: string): LowerEntry | undefined {
    const found: { path: string; stats: BigIntStats }[] = [];
    for (const folder of this.#folders) {
      const path = `${folder}/${name}`;
      const stats = lstatOrUndefined(path);
      if (stats === undefined) continue;
      if (isWhiteout(stats) || (found.length > 0 && !stats.isDirectory())) break;
      found.push({ path, stats });
      if (!stats.isDirectory() || isOpaque(path, this.#overlay)) break;
    }
    const [first] = found;
    if (first === undefined) return undefined;
    const folders = first.stats.isDirectory() ? found.map(({ path }) => path) : [];
    return { ...first, view: new LowerView(folders, this.#overlay) };
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
