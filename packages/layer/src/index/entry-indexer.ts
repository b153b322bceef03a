import type { ByteStream, LayerContents } from '@tsbuild/core';
import { createTarParser } from '../tar/parser.ts';
import type { ReadTarOptions, TarParser } from '../tar/tar-entry.ts';
import type { ContentIdentityOptions } from './content-id.ts';
import { createEntryRecorder, type EntryRecorder } from './entry-recorder.ts';

/** Indexes the entries of a tar and hashes their files; the tar itself is hashed by whoever keeps it. */
export class EntryIndexer {
  readonly #recorder: EntryRecorder;
  readonly #parser: TarParser;

  constructor(options: ContentIdentityOptions & ReadTarOptions = {}) {
    this.#recorder = createEntryRecorder(options);
    this.#parser = createTarParser(this.#recorder, options);
  }

  push(bytes: Uint8Array): void {
    this.#parser.push(bytes);
  }

  /** @throws {LayerError} when the tar is cut short */
  finish(): LayerContents {
    this.#parser.finish();
    return this.#recorder.finish();
  }
}

/** Reads a whole tar whose digest somebody else checks. @throws {LayerError} @throws {UnsafePathError} */
export async function indexEntries(tar: ByteStream): Promise<LayerContents> {
  const indexer = new EntryIndexer();
  for await (const bytes of tar) indexer.push(bytes);
  return indexer.finish();
}
