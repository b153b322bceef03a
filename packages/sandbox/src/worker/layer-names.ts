import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import type { OverlayNamespace } from '../archive-job.ts';
import { isOpaque } from '../linux/opaque.ts';

/** Then all are forgotten: builders stay open for days. */
const MOST = 10_000;

interface NamedLayer {
  readonly name: string;
  readonly isOpaque: boolean;
}

/**
 * Names of a few characters for the folders of layers, in a folder in memory: mount options end at one page. What a chain
 * of steps mounts differs by one layer from one step to the next, so names stay.
 */
export class LayerNames {
  readonly folder: string;
  readonly #overlay: OverlayNamespace;
  readonly #layers = new Map<string, NamedLayer>();

  /** `folder` does not exist yet. */
  constructor(folder: string, overlay: OverlayNamespace) {
    this.folder = folder;
    this.#overlay = overlay;
    mkdirSync(folder, 0o700);
  }

  /** Names of those folders, bottom first, that one whose root is opaque does not hide: the kernel ignores it on a root. */
  visible(folders: readonly string[]): string[] {
    if (this.#layers.size > MOST) this.#forget();
    const layers = folders.map((folder) => this.#layers.get(folder) ?? this.#add(folder));
    const opaque = layers.findLastIndex((layer) => layer.isOpaque);
    return layers.slice(Math.max(opaque, 0)).map(({ name }) => name);
  }

  #add(folder: string): NamedLayer {
    const name = this.#layers.size.toString(36);
    symlinkSync(folder, `${this.folder}/${name}`);
    const layer = { name, isOpaque: isOpaque(folder, this.#overlay) };
    this.#layers.set(folder, layer);
    return layer;
  }

  #forget(): void {
    this.#layers.clear();
    rmSync(this.folder, { recursive: true });
    mkdirSync(this.folder, 0o700);
  }
}
