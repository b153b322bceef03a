import {
  type BigIntStats,
  chmodSync,
  closeSync,
  lchownSync,
  lutimesSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  rmdirSync,
  unlinkSync,
} from 'node:fs';
import { decodeName, joinPath, type LayerEntry, type LayerWriter, toFsPath } from '@tsbuild/core';
import type { PackJob } from '../archive-job.ts';
import { splitDeviceNumber } from '../linux/libc.ts';
import { isSameFile } from './compare.ts';
import { keptXattrs } from './kept-xattrs.ts';
import { isOpaque, isWhiteout, LowerView, lstatOrUndefined } from './lower-view.ts';
import { ownerOf } from './owner.ts';

type Entry = Exclude<LayerEntry, { type: 'whiteout' }>;

const BUFFER_BYTES = 1024 * 1024;
const NANOSECONDS = 1_000_000_000n;

/**
 * Writes what an upper folder adds to the layers below as one layer, and then makes the folder say the same as the
 * layer: what was copied up but not changed is removed, times lose their fraction.
 */
export class Packer {
  readonly #job: PackJob;
  readonly #writer: LayerWriter;
  readonly #buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  /** First name in the layer by inode, of files with several. */
  readonly #links = new Map<bigint, string>();

  constructor(job: PackJob, writer: LayerWriter) {
    this.#job = job;
    this.#writer = writer;
  }

  async pack(): Promise<void> {
    const { upper, lowers, format } = this.#job;
    await this.#folder('', LowerView.open(lowers, format.overlay), () => undefined);
    lchownSync(upper, 0, 0); // a change of the root folder itself is not recorded
    chmodSync(upper, 0o755);
  }

  /** `announce` writes the folder's own entry, once, before the first in it. */
  async #folder(path: string, lower: LowerView, announce: () => Promise<void> | void): Promise<void> {
    for (const name of sortedNames(this.#onDisk(path))) {
      const child = joinPath(path, name);
      const stats = lstatOrUndefined(this.#onDisk(child));
      if (stats === undefined) throw new Error(`${child} vanished from the upper folder`);
      if (stats.isDirectory()) await this.#subfolder(child, stats, { lower, announce });
      else await this.#other(child, stats, { lower, announce });
    }
  }

  async #subfolder(path: string, stats: BigIntStats, { lower, announce }: Surroundings): Promise<void> {
    const disk = this.#onDisk(path);
    const below = lower.lookup(baseNameOf(path));
    const opaque = isOpaque(disk, this.#job.format.overlay);
    const xattrs = keptXattrs(disk);
    const hides = opaque && below?.stats.isDirectory() === true;
    const entry: Entry = {
      ...this.#describe(path, stats, 'directory'),
      ...(xattrs && { xattrs }),
      ...(hides && { opaque: true }),
    };
    let isAnnounced = false;
    const announceThis = async () => {
      if (isAnnounced) return;
      isAnnounced = true;
      await announce();
      await this.#writer.add(entry);
    };
    const isNew = below === undefined || opaque || !isSameFile(disk, stats, below);
    if (isNew) await announceThis();
    await this.#folder(path, opaque || below === undefined ? LowerView.EMPTY : below.view, announceThis);
    if (isAnnounced) truncateTime(disk, stats);
    else rmdirSync(toFsPath(disk));
  }

  async #other(path: string, stats: BigIntStats, { lower, announce }: Surroundings): Promise<void> {
    const disk = this.#onDisk(path);
    const below = stats.isSocket() ? undefined : lower.lookup(baseNameOf(path));
    if (stats.isSocket() || (below !== undefined && isSameFile(disk, stats, below))) {
      unlinkSync(toFsPath(disk));
      return;
    }
    await announce();
    if (isWhiteout(stats)) {
      await this.#writer.add({ path, type: 'whiteout' });
      return;
    }
    await this.#add(path, stats);
    truncateTime(disk, stats);
  }

  async #add(path: string, stats: BigIntStats): Promise<void> {
    const disk = this.#onDisk(path);
    const xattrs = keptXattrs(disk);
    const entry = { ...this.#describe(path, stats, typeOf(stats)), ...(xattrs && { xattrs }) };
    if (!stats.isFile()) {
      const linkTarget = stats.isSymbolicLink() ? decodeName(readlinkSync(toFsPath(disk), 'buffer')) : undefined;
      const device = stats.isFIFO() || stats.isSymbolicLink() ? undefined : splitDeviceNumber(stats.rdev);
      await this.#writer.add({ ...entry, ...(linkTarget !== undefined && { linkTarget }), ...(device && { device }) });
      return;
    }
    const hardlink = stats.nlink > 1n ? this.#links.get(stats.ino) : undefined;
    if (hardlink !== undefined) {
      await this.#writer.add({ ...entry, size: 0, hardlink });
      return;
    }
    if (stats.nlink > 1n) this.#links.set(stats.ino, path);
    await this.#writer.add(entry);
    await this.#content(disk, entry.size);
  }

  async #content(disk: string, size: number): Promise<void> {
    if (size === 0) return;
    const fd = openSync(toFsPath(disk), 'r');
    try {
      for (let missing = size; missing > 0; ) {
        const length = readSync(fd, this.#buffer, 0, Math.min(missing, BUFFER_BYTES), null);
        if (length === 0) throw new Error(`${disk} became shorter`);
        const written = this.#writer.content(this.#buffer.subarray(0, length));
        if (written !== undefined) await written;
        missing -= length;
      }
    } finally {
      closeSync(fd);
    }
  }

  #describe(path: string, stats: BigIntStats, type: Entry['type']): Entry {
    return {
      path,
      type,
      mode: Number(stats.mode) & 0o7777,
      ...ownerOf(this.#onDisk(path), stats, this.#job.format.owners),
      size: type === 'file' ? Number(stats.size) : 0,
      mtime: Number(wholeSeconds(stats)),
    };
  }

  #onDisk(path: string): string {
    return path === '' ? this.#job.upper : `${this.#job.upper}/${path}`;
  }
}

interface Surroundings {
  readonly lower: LowerView;
  readonly announce: () => Promise<void> | void;
}

function sortedNames(folder: string): string[] {
  return readdirSync(toFsPath(folder), 'buffer')
    .map(decodeName)
    .sort((a, b) => (a < b ? -1 : 1));
}

function baseNameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function typeOf(stats: BigIntStats): Entry['type'] {
  if (stats.isFile()) return 'file';
  if (stats.isSymbolicLink()) return 'symlink';
  if (stats.isFIFO()) return 'fifo';
  return stats.isBlockDevice() ? 'block' : 'char';
}

/** Rounded down, also before 1970. */
function wholeSeconds({ mtimeNs }: BigIntStats): bigint {
  const remainder = mtimeNs % NANOSECONDS;
  return (mtimeNs - remainder) / NANOSECONDS - (remainder < 0n ? 1n : 0n);
}

function truncateTime(disk: string, stats: BigIntStats): void {
  const mtime = Number(wholeSeconds(stats));
  lutimesSync(toFsPath(disk), mtime, mtime);
}
