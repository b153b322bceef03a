import { type BigIntStats, closeSync, lutimesSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs';
import { decodeName, type LayerEntry, type LayerWriter, toFsPath } from '@tsbuild/core';
import type { OwnerPolicy } from '../archive-job.ts';
import { splitDeviceNumber } from '../linux/libc.ts';
import { keptXattrs } from './kept-xattrs.ts';
import { ownerOf } from './owner.ts';

export type FileEntry = Exclude<LayerEntry, { type: 'whiteout' }>;

const BUFFER_BYTES = 1024 * 1024;
/** One file is read at a time. */
const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
const NANOSECONDS = 1_000_000_000n;

/** Writes files as they are on disk into a layer. */
export class EntryWriter {
  readonly #writer: LayerWriter;
  readonly #owners: OwnerPolicy;
  /** First name in the layer by inode, of files with several. */
  readonly #links = new Map<bigint, string>();

  constructor(writer: LayerWriter, owners: OwnerPolicy) {
    this.#writer = writer;
    this.#owners = owners;
  }

  async whiteout(path: string): Promise<void> {
    await this.#writer.add({ path, type: 'whiteout' });
  }

  async folder(path: string, disk: string, stats: BigIntStats, opaque: boolean): Promise<void> {
    await this.#writer.add({ ...this.describe(path, disk, stats), ...(opaque && { opaque }) });
  }

  /** Anything but a folder or a socket. */
  async other(path: string, disk: string, stats: BigIntStats): Promise<void> {
    const entry = this.describe(path, disk, stats);
    if (stats.isFile()) await this.#file(entry, disk, stats);
    else if (stats.isSymbolicLink() || stats.isFIFO()) await this.#writer.add(entry);
    else await this.#writer.add({ ...entry, device: splitDeviceNumber(stats.rdev) });
  }

  async #file(entry: FileEntry, disk: string, stats: BigIntStats): Promise<void> {
    const hardlink = stats.nlink > 1n ? this.#links.get(stats.ino) : undefined;
    if (hardlink !== undefined) {
      await this.#writer.add({ ...entry, size: 0, hardlink });
      return;
    }
    if (stats.nlink > 1n) this.#links.set(stats.ino, entry.path);
    await this.#writer.add(entry);
    if (entry.size > 0) await this.#content(disk, entry.size);
  }

  async #content(disk: string, size: number): Promise<void> {
    const fd = openSync(toFsPath(disk), 'r');
    try {
      for (let missing = size; missing > 0; ) {
        const length = readSync(fd, buffer, 0, Math.min(missing, BUFFER_BYTES), null);
        if (length === 0) throw new Error(`${disk} became shorter`);
        const written = this.#writer.content(buffer.subarray(0, length));
        if (written !== undefined) await written;
        missing -= length;
      }
    } finally {
      closeSync(fd);
    }
  }

  /** What the layer says of it, unless it is a device or a further name. */
  describe(path: string, disk: string, stats: BigIntStats): FileEntry {
    const xattrs = keptXattrs(disk);
    return {
      path,
      type: typeOf(stats),
      mode: Number(stats.mode) & 0o7777,
      ...ownerOf(disk, stats, this.#owners),
      size: stats.isFile() ? Number(stats.size) : 0,
      mtime: Number(wholeSeconds(stats)),
      ...(stats.isSymbolicLink() && { linkTarget: readLink(disk) }),
      ...(xattrs && { xattrs }),
    };
  }
}

/** Names in a folder, in the order of code units. */
export function sortedNames(folder: string): string[] {
  return readdirSync(toFsPath(folder), 'buffer').map(decodeName).sort(byCodeUnits);
}

export function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : 1;
}

/** Takes the fraction of the second from a file's time, as the layer does. */
export function truncateTime(disk: string, stats: BigIntStats): void {
  const mtime = Number(wholeSeconds(stats));
  lutimesSync(toFsPath(disk), mtime, mtime);
}

function readLink(disk: string): string {
  return decodeName(readlinkSync(toFsPath(disk), 'buffer'));
}

function typeOf(stats: BigIntStats): FileEntry['type'] {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'directory';
  if (stats.isSymbolicLink()) return 'symlink';
  if (stats.isFIFO()) return 'fifo';
  return stats.isBlockDevice() ? 'block' : 'char';
}

/** Rounded down, also before 1970. */
function wholeSeconds({ mtimeNs }: BigIntStats): bigint {
  const remainder = mtimeNs % NANOSECONDS;
  return (mtimeNs - remainder) / NANOSECONDS - (remainder < 0n ? 1n : 0n);
}
