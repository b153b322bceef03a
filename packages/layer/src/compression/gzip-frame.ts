import { combineCrc32 } from './crc-combine.ts';

/** What surrounds the blocks of a gzip member. @see https://datatracker.ietf.org/doc/html/rfc1952 */
export class GzipFrame {
  #crc = 0;
  #bytes = 0;

  /** No name, no time, no operating system. */
  head(): Uint8Array {
    return Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff);
  }

  /** Counts a block whose contents have this CRC. */
  add(crc: number, bytes: number): void {
    this.#crc = combineCrc32(this.#crc, crc, bytes);
    this.#bytes += bytes;
  }

  /** An empty last block, the CRC and the size modulo 2^32. */
  tail(): Uint8Array {
    const tail = Buffer.alloc(10);
    tail.writeUInt16LE(0x0003, 0);
    tail.writeUInt32LE(this.#crc, 2);
    tail.writeUInt32LE(this.#bytes % 2 ** 32, 6);
    return tail;
  }
}
