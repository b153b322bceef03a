import { open } from 'node:fs/promises';
import { HashTap, type Ingest } from '@tsbuild/core';

/** Takes a blob into a file that belongs to nobody's store. */
export async function createFileIngest(path: string): Promise<Ingest> {
  const file = await open(path, 'wx', 0o600);
  const tap = new HashTap();
  return {
    async write(bytes) {
      tap.update(bytes);
      await file.writeFile(bytes);
    },
    commit: async () => ({ digest: tap.digest(), size: tap.size }),
    [Symbol.asyncDispose]: () => file.close(),
  };
}
