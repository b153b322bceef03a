import { readdirSync, rmSync } from 'node:fs';
import { decodeName, joinPath, parentPath, toFsPath } from '@tsbuild/core';
import type { OverlayNamespace } from '../archive-job.ts';
import { makeNode, setXattr } from '../linux/libc.ts';
import { lstatOrUndefined } from './lower-view.ts';

const S_IFCHR = 0o020000;

/** What it means, where a layer is unpacked, that it hides names of the layers below. Paths are from the root. */
export interface Hiding {
  /** The layer has an entry of this path itself, or of something in it. */
  made(path: string): void;
  hide(path: string): void;
  /** Hides all that the layers below have in a folder. */
  hideAllIn(path: string): void;
}

/** A lower folder of overlays: what is hidden is noted, as overlays note it. */
export class LayerFolder implements Hiding {
  readonly #overlay: OverlayNamespace;

  constructor(overlay: OverlayNamespace) {
    this.#overlay = overlay;
  }

  made(): void {}

  /** A name that the layer has itself stays: a whiteout is about the layers below. */
  hide(path: string): void {
    const stats = lstatOrUndefined(`/${path}`);
    if (stats === undefined) makeNode(`/${path}`, S_IFCHR, { major: 0, minor: 0 });
    else if (stats.isDirectory()) this.hideAllIn(path);
  }

  hideAllIn(path: string): void {
    setXattr(`/${path}`, `${this.#overlay}.overlay.opaque`, Buffer.from('y'));
  }
}

/** A whole root: what is hidden is removed, except what the layer itself has put there. */
export class RootFolder implements Hiding {
  readonly #made = new Set<string>();

  made(path: string): void {
    for (let made = path; made !== '' && !this.#made.has(made); made = parentPath(made)) this.#made.add(made);
  }

  hide(path: string): void {
    if (!this.#made.has(path)) rmSync(toFsPath(`/${path}`), { recursive: true, force: true });
    else if (lstatOrUndefined(`/${path}`)?.isDirectory() === true) this.hideAllIn(path);
  }

  hideAllIn(path: string): void {
    for (const name of readdirSync(toFsPath(`/${path}`), 'buffer').map(decodeName)) this.hide(joinPath(path, name));
  }
}
