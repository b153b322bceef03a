import { addAbortSignal, type Readable } from 'node:stream';

/** What comes in, as bytes. */
export async function* standardInput(stdin: Readable, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  for await (const chunk of addAbortSignal(signal, stdin)) yield Buffer.from(chunk);
}
