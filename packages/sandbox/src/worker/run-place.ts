import { mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { MNT_DETACH, MS_NODEV, MS_NOSUID } from '../linux/flags.ts';
import { mount, unmount } from '../linux/libc.ts';
import type { LayerNames } from './layer-names.ts';

export interface RunPlaceOptions {
  /** Does not exist yet. */
  readonly memory: string;
  /** Exists and is empty. */
  readonly disk: string;
  readonly userNamespace: boolean;
  /** In memory too. */
  readonly layerNames: LayerNames;
}

/** Folders of one run: names and secrets in memory, what is written on the disk. Every mount of the run is below it. */
export class RunPlace {
  /** Where the root is mounted. */
  readonly root: string;
  /** Overlays and binds are those of a user namespace. */
  readonly userNamespace: boolean;
  readonly layerNames: LayerNames;
  readonly #memory: string;
  readonly #disk: string;
  #count = 0;

  constructor({ memory, disk, userNamespace, layerNames }: RunPlaceOptions) {
    this.#memory = memory;
    this.#disk = disk;
    this.userNamespace = userNamespace;
    this.layerNames = layerNames;
    mkdirSync(memory, 0o700);
    mount({ source: 'tmpfs', target: memory, type: 'tmpfs', flags: MS_NOSUID | MS_NODEV, data: 'mode=700' });
    this.root = this.newFolder();
  }

  /** An empty folder in memory. */
  newFolder(): string {
    const path = this.#next(this.#memory);
    mkdirSync(path, 0o755);
    return path;
  }

  /** A file in memory that nobody may open yet. */
  newFile(data: Uint8Array): string {
    const path = this.#next(this.#memory);
    writeFileSync(path, data, { flag: 'wx', mode: 0o600 });
    return path;
  }

  /** A path in memory where nothing is. */
  newName(): string {
    return this.#next(this.#memory);
  }

  /** An empty folder on the disk, beside that of the root. */
  newDiskFolder(): string {
    const path = this.#next(this.#disk);
    mkdirSync(path, 0o700);
    return path;
  }

  /** Folder on the disk, for the overlay of the root. */
  get disk(): string {
    return this.#disk;
  }

  /** Unmounts everything of the run and forgets what was in memory. */
  close(): void {
    unmount(this.#memory, MNT_DETACH);
    rmdirSync(this.#memory);
  }

  #next(parent: string): string {
    this.#count += 1;
    return `${parent}/${this.#count}`;
  }
}
