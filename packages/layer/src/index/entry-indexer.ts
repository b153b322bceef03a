import type { WrittenLayer } from '@tsbuild/core';
import { createTarParser } from '../tar/parser.ts';
import type { ContentPlace, ReadTarOptions, TarEntry, TarHandler, TarParser } from '../tar/tar-entry.ts';
import type { ContentIdentityOptions } from './content-id.ts';
import { describeLayer } from './describe-layer.ts';
import { EntryTable } from './entry-table.ts';
import { FileDigest } from './file-digest.ts';
import type { NamedRow } from './rows.ts';

/** Indexes the entries of a tar and hashes their files; the tar itself is hashed by whoever keeps it. */
export class EntryIndexer implements TarHandler {
  readonly #options: ContentIdentityOptions & ReadTarOptions;
  readonly #table = new EntryTable();
  readonly #digest = new FileDigest();
  readonly #parser: TarParser;
  #file: NamedRow | undefined;

  constructor(options: ContentIdentityOptions & ReadTarOptions) {
    this.#options = options;
    this.#parser = createTarParser(this, options);
  }

  push(bytes: Uint8Array): void {
    this.#parser.push(bytes);
  }

  /** @throws {LayerError} when the tar is cut short */
  finish(): Pick<WrittenLayer, 'contentId' | 'index'> {
    this.#parser.finish();
    this.#endFile();
    return describeLayer(this.#table, this.#options);
  }

  entry(entry: TarEntry, place: ContentPlace): void {
    this.#endFile();
    const row = this.#table.add(entry, place);
    if (row.type === 'file' && entry.type === 'file' && entry.hardlink === undefined) this.#file = row;
  }

  content(bytes: Uint8Array): void {
    this.#digest.update(bytes, bytes.length === this.#file?.size);
  }

  #endFile(): void {
    if (this.#file === undefined) return;
    this.#file.digest = this.#digest.finish();
    this.#file = undefined;
  }
}
