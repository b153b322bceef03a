import { readdirSync } from 'node:fs';
import { decodeName, systemErrorCode, toFsPath } from '@tsbuild/core';
import type { OverlayNamespace } from '../archive-job.ts';
import { isOpaque } from '../linux/opaque.ts';

/** A folder that is asked so often for names that it lacks is listed. */
const OFTEN = 3;
/** Longer lists are not kept. */
const MOST_NAMES = 2_000;
/** Of all lists together; then all is forgotten. */
const MOST_KEPT = 200_000;

interface Known {
  isOpaque?: boolean;
  /** How often it lacked what was looked for. */
  misses: number;
  names?: ReadonlySet<string>;
}

/**
 * What folders of snapshots contain. They never change, and each step of a chain asks the same ones again: without a
 * memory, packing n steps takes n² looks.
 */
export class LowerFolders {
  readonly #overlay: OverlayNamespace;
  readonly #known = new Map<string, Known>();
  #kept = 0;

  constructor(overlay: OverlayNamespace) {
    this.#overlay = overlay;
  }

  /** Nothing below shows through it. */
  isOpaque(folder: string): boolean {
    const known = this.#of(folder);
    known.isOpaque ??= isOpaque(folder, this.#overlay);
    return known.isOpaque;
  }

  /** False when it is certain that the folder has no such name. */
  mayHave(folder: string, name: string): boolean {
    return this.#known.get(folder)?.names?.has(name) ?? true;
  }

  /** The folder lacks a name that it might have had. */
  lacks(folder: string): void {
    const known = this.#of(folder);
    known.misses += 1;
    if (known.misses !== OFTEN) return;
    const names = namesIn(folder);
    if (names.length > MOST_NAMES) return;
    known.names = new Set(names);
    this.#keep(names.length);
  }

  #of(folder: string): Known {
    let known = this.#known.get(folder);
    if (known === undefined) {
      known = { misses: 0 };
      this.#known.set(folder, known);
      this.#keep(1);
    }
    return known;
  }

  #keep(count: number): void {
    this.#kept += count;
    if (this.#kept <= MOST_KEPT) return;
    this.#known.clear();
    this.#kept = 0;
  }
}

/** Somebody may have removed the folder: then it lacks everything, as it does when it is asked for each name. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(toFsPath(folder), 'buffer').map(decodeName);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw error;
  }
}
