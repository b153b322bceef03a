import { type FileHandle, open } from 'node:fs/promises';

const BLOCK = 512;
const NAME_BYTES = 100;
/** Octal with 11 digits, what a ustar header has room for. */
const MAX_SIZE = 0o77777777777;

/** A tar of plain files with fixed owner, mode and time: equal entries in the same order are equal archives. */
export interface TarFile extends AsyncDisposable {
  /** The next entry. It counts once it has ended; until then no other may be begun. */
  entry(): TarEntry;
  /** Ends the archive. */
  finish(): Promise<void>;
}

/** A file whose name and size are known when its bytes have been written. */
export interface TarEntry {
  /** Bytes written so far. */
  readonly size: number;
  write(bytes: Uint8Array): Promise<void>;
  end(name: string): Promise<void>;
}

/** Replaces what is at `path`. */
export async function createTarFile(path: string): Promise<TarFile> {
  const file = await open(path, 'w');
  let start = 0;
  return {
    entry() {
      let size = 0;
      return {
        get size() {
          return size;
        },
        async write(bytes) {
          await writeAt(file, bytes, start + BLOCK + size);
          size += bytes.byteLength;
        },
        async end(name) {
          await writeAt(file, tarHeader(name, size), start);
          // The padding is a hole, which reads as zeros.
          start += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
        },
      };
    },
    finish: () => writeAt(file, Buffer.alloc(2 * BLOCK), start),
    [Symbol.asyncDispose]: () => file.close(),
  };
}

async function writeAt(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < bytes.byteLength; )
    at += (await file.write(bytes, at, bytes.byteLength - at, position + at)).bytesWritten;
}

/**
 * The header of a plain file with fixed owner, mode and time.
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06
 */
export function tarHeader(name: string, size: number): Buffer {
  if (Buffer.byteLength(name) > NAME_BYTES || size > MAX_SIZE)
    throw new RangeError(`${name} does not fit a ustar header`);
  const header = Buffer.alloc(BLOCK);
  header.write(name, 0, 'latin1');
  header.write('0000644\0' + '0000000\0' + '0000000\0', 100, 'latin1');
  header.write(`${size.toString(8).padStart(11, '0')}\0${'0'.repeat(11)}\0`, 124, 'latin1');
  header.write('        0', 148, 'latin1');
  header.write('ustar\u000000', 257, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
}
