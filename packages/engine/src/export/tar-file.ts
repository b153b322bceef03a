import { type FileHandle, open } from 'node:fs/promises';

const BLOCK = 512;
const NAME_BYTES = 100;
/** Octal with 11 digits, what a ustar header has room for. */
const MAX_SIZE = 0o77777777777;

/** A tar of plain files with fixed owner, mode and time, written front to back: equal contents are equal archives. */
export interface TarFile extends AsyncDisposable {
  /** Exactly `size` bytes must follow through `write`. */
  entry(name: string, size: number): Promise<void>;
  write(bytes: Uint8Array): Promise<void>;
  /** Ends the archive and waits until the system has it. */
  finish(): Promise<void>;
}

/** Replaces what is at `path`. */
export async function createTarFile(path: string): Promise<TarFile> {
  const file = await open(path, 'w');
  let padding = 0;
  return {
    async entry(name, size) {
      const header = tarHeader(name, size);
      await writeAll(file, padding === 0 ? header : Buffer.concat([Buffer.alloc(padding), header]));
      padding = (BLOCK - (size % BLOCK)) % BLOCK;
    },
    write: (bytes) => writeAll(file, bytes),
    async finish() {
      await writeAll(file, Buffer.alloc(padding + 2 * BLOCK));
    },
    [Symbol.asyncDispose]: () => file.close(),
  };
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.byteLength; ) at += (await file.write(bytes, at)).bytesWritten;
}

/** @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06 */
function tarHeader(name: string, size: number): Buffer {
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
