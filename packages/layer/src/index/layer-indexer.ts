import { type ByteStream, HashTap, toDiffId, type WrittenLayer } from '@tsbuild/core';
import type { ReadTarOptions } from '../tar/tar-entry.ts';
import type { ContentIdentityOptions } from './content-id.ts';
import { EntryIndexer } from './entry-indexer.ts';

export interface IndexLayerOptions extends ContentIdentityOptions, ReadTarOptions {}

/** Indexes an uncompressed tar while its bytes flow elsewhere. */
export interface LayerIndexer {
  /** The next bytes of the tar; they may be reused afterwards. @throws {LayerError} @throws {UnsafePathError} */
  push(bytes: Uint8Array): void;
  /** The same bytes, unchanged; each is pushed before it is passed on. Call `finish` when it has ended. */
  through(tar: ByteStream): ByteStream;
  /** The layer that was pushed. Call once, after the last byte. @throws {LayerError} when the tar is cut short */
  finish(): WrittenLayer;
}

/** One pass for everything that is known of a layer: every byte is hashed once for the diffId, once for its file. */
export function createLayerIndexer(options: IndexLayerOptions = {}): LayerIndexer {
  return new TarIndexer(options);
}

/** Reads a whole uncompressed tar. Memory grows with the number of entries alone. @throws {LayerError} @throws {UnsafePathError} */
export async function indexLayer(tar: ByteStream, options: IndexLayerOptions = {}): Promise<WrittenLayer> {
  const indexer = createLayerIndexer(options);
  for await (const bytes of tar) indexer.push(bytes);
  return indexer.finish();
}

class TarIndexer implements LayerIndexer {
  readonly #tap = new HashTap();
  readonly #entries: EntryIndexer;

  constructor(options: IndexLayerOptions) {
    this.#entries = new EntryIndexer(options);
  }

  push(bytes: Uint8Array): void {
    this.#tap.update(bytes);
    this.#entries.push(bytes);
  }

  async *through(tar: ByteStream): AsyncGenerator<Uint8Array> {
    for await (const bytes of tar) {
      this.push(bytes);
      yield bytes;
    }
  }

  finish(): WrittenLayer {
    const description = this.#entries.finish();
    const size = this.#tap.size;
    return { diffId: toDiffId(this.#tap.digest()), size, ...description };
  }
}
