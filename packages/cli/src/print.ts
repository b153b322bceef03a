/**
 * Lets the work go on when nobody reads its output any more, as in `tsbuild build … | head`. Every other failure to
 * write stays an error.
 */
export function tolerateClosedPipes(...streams: readonly NodeJS.WritableStream[]): void {
  for (const stream of streams) {
    stream.on('error', (error) => {
      if (!isClosedPipe(error)) throw error;
    });
  }
}

/** Writes a text, or bytes, and waits until they are handed over. */
export async function print(stream: NodeJS.WritableStream, text: string | Uint8Array): Promise<void> {
  if (text.length === 0) return;
  await new Promise<void>((resolve, reject) => {
    stream.write(text, (error) => (error == null || isClosedPipe(error) ? resolve() : reject(error)));
  });
}

/** True for the error of writing into a pipe whose reader has gone. */
export function isClosedPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED');
}
