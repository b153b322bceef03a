import { encodeName, hasEscapedBytes } from '@tsbuild/core';

/** Of one code unit. */
const MAX_UTF8_BYTES = 3;
const SHA256_DIGITS = 64;

/** Appends numbers (little-endian) and strings to a buffer that grows. */
export class ByteSink {
  #buffer: Buffer;
  /** Bytes written so far. */
  length = 0;

  constructor(capacity = 4096) {
    this.#buffer = Buffer.allocUnsafe(capacity);
  }

  u8(value: number): void {
    this.#room(1);
    this.length = this.#buffer.writeUInt8(value, this.length);
  }

  u16(value: number): void {
    this.#room(2);
    this.length = this.#buffer.writeUInt16LE(value, this.length);
  }

  u32(value: number): void {
    this.#room(4);
    this.length = this.#buffer.writeUInt32LE(value, this.length);
  }

  f64(value: number): void {
    this.#room(8);
    this.length = this.#buffer.writeDoubleLE(value, this.length);
  }

  bytes(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#buffer.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** The bytes of a SHA-256, of which the text ends in the digits. */
  sha256(text: string): void {
    this.#room(SHA256_DIGITS / 2);
    this.length += this.#buffer.write(text.slice(-SHA256_DIGITS), this.length, 'hex');
  }

  /** The bytes of a name, without its length; returns how many there are. */
  name(name: string): number {
    const start = this.length;
    if (hasEscapedBytes(name)) {
      this.bytes(encodeName(name));
    } else {
      this.#room(name.length * MAX_UTF8_BYTES);
      this.length += this.#buffer.write(name, start);
    }
    return this.length - start;
  }

  /** The bytes of a name after their number. */
  sizedName(name: string): void {
    const start = this.length;
    this.u32(0);
    this.#buffer.writeUInt32LE(this.name(name), start);
  }

  /** What was written; valid until the next write. */
  view(): Buffer {
    return this.#buffer.subarray(0, this.length);
  }

  /** Forgets what was written, keeping the memory. */
  clear(): void {
    this.length = 0;
  }

  #room(bytes: number): void {
    if (this.length + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.length + bytes));
    this.#buffer.copy(larger, 0, 0, this.length);
    this.#buffer = larger;
  }
}
