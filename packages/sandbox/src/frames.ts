import { readSync, writeSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';

/** A stream of bytes on a pipe that outlives it: pieces with their length before them, the last one empty. */
const HEADER_BYTES = 4;
const PIECE_BYTES = 1024 * 1024;

/** Sends `source` and its end until `signal` ends it. A piece is asked for when the one before has been taken. */
export async function sendFrames(
  pipe: Writable,
  source: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<void> {
  for await (const bytes of source) {
    signal.throwIfAborted();
    if (bytes.byteLength > 0) await writeFrame(pipe, bytes, signal);
  }
  pipe.write(header(0));
}

function writeFrame(pipe: Writable, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort);
    pipe.cork();
    pipe.write(header(bytes.byteLength));
    pipe.write(bytes, (error) => {
      signal.removeEventListener('abort', abort);
      if (error) reject(error);
      else resolve();
    });
    pipe.uncork();
  });
}

/** Receives pieces until the end of one stream. What comes is valid until the next piece is asked for. */
export async function* receiveFrames(pipe: Readable): AsyncGenerator<Uint8Array> {
  let missing = 0;
  for (;;) {
    if (missing === 0) {
      missing = (await readExactly(pipe, HEADER_BYTES)).readUInt32LE();
      if (missing === 0) return;
    }
    const bytes = await readSome(pipe, missing);
    missing -= bytes.length;
    yield bytes;
  }
}

/** The same, synchronously on a blocking descriptor. */
export function receiveFramesSync(fd: number, take: (bytes: Uint8Array) => void): void {
  const buffer = Buffer.alloc(PIECE_BYTES);
  for (;;) {
    let missing = readExactlySync(fd, buffer.subarray(0, HEADER_BYTES)).readUInt32LE();
    if (missing === 0) return;
    while (missing > 0) {
      const length = readSync(fd, buffer, 0, Math.min(missing, buffer.length), null);
      if (length === 0) throw new Error('the pipe was closed');
      take(buffer.subarray(0, length));
      missing -= length;
    }
  }
}

/** Sends one piece on a blocking descriptor; an empty one ends the stream. */
export function sendFrameSync(fd: number, bytes: Uint8Array): void {
  writeAll(fd, header(bytes.byteLength));
  writeAll(fd, bytes);
}

function writeAll(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.byteLength; ) at += writeSync(fd, bytes, at);
}

function readExactlySync(fd: number, buffer: Buffer): Buffer {
  for (let at = 0; at < buffer.length; ) {
    const length = readSync(fd, buffer, at, buffer.length - at, null);
    if (length === 0) throw new Error('the pipe was closed');
    at += length;
  }
  return buffer;
}

async function readExactly(pipe: Readable, length: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (let missing = length; missing > 0; ) {
    const part = await readSome(pipe, missing);
    parts.push(part);
    missing -= part.length;
  }
  return Buffer.concat(parts);
}

/** From one byte to `most`. */
async function readSome(pipe: Readable, most: number): Promise<Buffer> {
  for (;;) {
    const bytes: Buffer | null = pipe.read(Math.min(most, pipe.readableLength)) ?? null;
    if (bytes !== null) return bytes;
    if (pipe.readableEnded || pipe.destroyed) throw new Error('the pipe was closed');
    await readableOrClosed(pipe);
  }
}

function readableOrClosed(pipe: Readable): Promise<void> {
  return new Promise((resolve) => {
    const events = ['readable', 'end', 'close', 'error'];
    const done = () => {
      for (const event of events) pipe.off(event, done);
      resolve();
    };
    for (const event of events) pipe.on(event, done);
  });
}

function header(length: number): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.writeUInt32LE(length);
  return bytes;
}
