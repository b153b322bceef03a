import { addAbortSignal, type Readable } from 'node:stream';
import { UsageError } from '@tsbuild/core';

const MAX_BYTES = 64 * 1024;

/** Everything that comes in, without the line end that `echo` adds. @throws {UsageError} when it is no password */
export async function readSecret(stdin: Readable, signal: AbortSignal): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of addAbortSignal(signal, stdin)) {
    const bytes = Buffer.from(chunk);
    chunks.push(bytes);
    size += bytes.length;
    if (size > MAX_BYTES) throw new UsageError('what standard input gives is too long for a password');
  }
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '');
}
