import type { LayerContents } from '@tsbuild/core';
import type { ContentPlace, TarEntry, TarHandler } from '../tar/tar-entry.ts';
import type { ContentIdentityOptions } from './content-id.ts';
import { describeLayer } from './describe-layer.ts';
import { EntryTable } from './entry-table.ts';
import { FileDigest } from './file-digest.ts';
import type { NamedRow } from './rows.ts';

/** Notes the entries of a tar and hashes their files as a parser finds them. */
export interface EntryRecorder extends TarHandler {
  /** What was noted. Call once, after the parser has finished. */
  finish(): LayerContents;
}

/** For whoever parses a tar anyway and shall tell what is in it. */
export function createEntryRecorder(options: ContentIdentityOptions = {}): EntryRecorder {
  return new TableRecorder(options);
}

class TableRecorder implements EntryRecorder {
  readonly #options: ContentIdentityOptions;
  readonly #table = new EntryTable();
  readonly #digest = new FileDigest();
  #file: NamedRow | undefined;

  constructor(options: ContentIdentityOptions) {
    this.#options = options;
  }

  entry(entry: TarEntry, place: ContentPlace): void {
    this.#endFile();
    const row = this.#table.add(entry, place);
    if (row.type === 'file' && entry.type === 'file' && entry.hardlink === undefined) this.#file = row;
  }

  content(bytes: Uint8Array): void {
    this.#digest.update(bytes, bytes.length === this.#file?.size);
  }

  finish(): LayerContents {
    this.#endFile();
    return describeLayer(this.#table, this.#options);
  }

  #endFile(): void {
    if (this.#file === undefined) return;
    this.#table.setDigest(this.#file, this.#digest.finish());
    this.#file = undefined;
  }
}
