import type { FileChunk } from '@tsbuild/core';
import { type ArchiveFile, readArchive } from './archive-source.ts';
import type { ContentFeed } from './content-feed.ts';

/** The files of an archive by the number of their entry, asked for in ascending order. */
export function archiveFeed(file: ArchiveFile): ContentFeed {
  return async function* read(indices, { signal }): AsyncGenerator<FileChunk> {
    let index = 0;
    let asked = 0;
    for await (const { entry, content } of readArchive(file, { signal })) {
      const path = String(index++);
      if (path !== indices[asked]) continue;
      asked += 1;
      let missing = entry.type === 'file' ? entry.size : 0;
      if (missing === 0) yield { path, bytes: NO_BYTES, last: true };
      for await (const bytes of content) {
        missing -= bytes.byteLength;
        yield { path, bytes, last: missing === 0 };
      }
    }
  };
}

const NO_BYTES = new Uint8Array();
