import { type Digest, digestHex, type EntryType, type TreeEntry } from '@tsbuild/core';
import type { FileIdentity } from '@tsbuild/store';
import type { LocalEntry } from './local-entry.ts';

const TYPES = ['file', 'directory', 'symlink', 'char', 'block', 'fifo'] as const satisfies readonly EntryType[];

/** Little-endian: dev, ino, ctime, mtime and size as doubles, what else an entry has as flags, and its digest. */
const RECORD = { dev: 0, ino: 8, ctime: 16, mtime: 24, size: 32, mode: 40, type: 42, flags: 43, digest: 44, bytes: 76 };
const FLAG = { hasDigest: 1, hasRest: 2 };
const PAGE_RECORDS = 1024;
const DIGEST_BYTES = 32;

/** What few entries have. */
type Rest = Pick<TreeEntry, 'linkTarget' | 'device' | 'hardlink'>;

interface Page {
  readonly bytes: Buffer;
  readonly view: DataView;
}

/** Entries of a folder by number, in the order in which they were seen. Held as bytes: there may be very many. */
export class SeenEntries {
  readonly #pages: Page[] = [];
  readonly #rests = new Map<number, Rest>();
  #count = 0;

  /** The number of the entry from now on. */
  add({ entry, identity }: LocalEntry): number {
    const number = this.#count++;
    if (number % PAGE_RECORDS === 0) this.#pages.push(newPage());
    const rest = restOf(entry);
    if (rest !== undefined) this.#rests.set(number, rest);
    const { view } = this.#page(number);
    const at = placeOf(number);
    view.setFloat64(at + RECORD.dev, identity.dev, true);
    view.setFloat64(at + RECORD.ino, identity.ino, true);
    view.setFloat64(at + RECORD.ctime, identity.ctimeMs, true);
    view.setFloat64(at + RECORD.mtime, identity.mtimeMs, true);
    view.setFloat64(at + RECORD.size, entry.size, true);
    view.setUint16(at + RECORD.mode, entry.mode, true);
    view.setUint8(at + RECORD.type, TYPES.indexOf(entry.type));
    view.setUint8(at + RECORD.flags, rest === undefined ? 0 : FLAG.hasRest);
    return number;
  }

  entry(number: number, path: string): TreeEntry {
    const { view } = this.#page(number);
    const at = placeOf(number);
    const type = TYPES[view.getUint8(at + RECORD.type)] ?? 'file';
    const mode = view.getUint16(at + RECORD.mode, true);
    const size = view.getFloat64(at + RECORD.size, true);
    const mtime = view.getFloat64(at + RECORD.mtime, true) / 1000;
    const entry: TreeEntry = { path, type, mode, uid: 0, gid: 0, size, mtime };
    return (view.getUint8(at + RECORD.flags) & FLAG.hasRest) === 0 ? entry : { ...entry, ...this.#rests.get(number) };
  }

  type(number: number): EntryType | undefined {
    return TYPES[this.#page(number).view.getUint8(placeOf(number) + RECORD.type)];
  }

  size(number: number): number {
    return this.#page(number).view.getFloat64(placeOf(number) + RECORD.size, true);
  }

  /** What tells whether a file is still the one that was seen. */
  identity(number: number): FileIdentity {
    const { view } = this.#page(number);
    const at = placeOf(number);
    return {
      dev: view.getFloat64(at + RECORD.dev, true),
      ino: view.getFloat64(at + RECORD.ino, true),
      ctimeMs: view.getFloat64(at + RECORD.ctime, true),
      mtimeMs: view.getFloat64(at + RECORD.mtime, true),
      size: view.getFloat64(at + RECORD.size, true),
    };
  }

  hasDigest(number: number): boolean {
    return (this.#page(number).view.getUint8(placeOf(number) + RECORD.flags) & FLAG.hasDigest) !== 0;
  }

  /** Undefined until it is set. */
  digest(number: number): Digest | undefined {
    if (!this.hasDigest(number)) return undefined;
    const start = placeOf(number) + RECORD.digest;
    // Not parsed: 32 bytes in hex are well formed, and there may be very many.
    return `sha256:${this.#page(number).bytes.toString('hex', start, start + DIGEST_BYTES)}` as Digest;
  }

  setDigest(number: number, digest: Digest): void {
    const { bytes, view } = this.#page(number);
    const at = placeOf(number);
    bytes.write(digestHex(digest), at + RECORD.digest, 'hex');
    view.setUint8(at + RECORD.flags, view.getUint8(at + RECORD.flags) | FLAG.hasDigest);
  }

  #page(number: number): Page {
    const page = this.#pages[Math.floor(number / PAGE_RECORDS)];
    if (page === undefined) throw new Error(`no entry has the number ${number}`);
    return page;
  }
}

function newPage(): Page {
  const bytes = Buffer.alloc(PAGE_RECORDS * RECORD.bytes);
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
}

function placeOf(number: number): number {
  return (number % PAGE_RECORDS) * RECORD.bytes;
}

/** No entry of a folder has more than one of them: only files are told to have further names. */
function restOf({ linkTarget, device, hardlink }: TreeEntry): Rest | undefined {
  if (linkTarget !== undefined) return { linkTarget };
  if (device !== undefined) return { device };
  return hardlink === undefined ? undefined : { hardlink };
}
