import type { Descriptor, Resolver, Tagger } from '@tsbuild/core';

export interface StoredReference {
  /** Complete name, as `formatReference` writes it. */
  readonly reference: string;
  readonly descriptor: Descriptor;
  /** Milliseconds since 1970. */
  readonly created: number;
}

/**
 * Names of images, in `refs/`. `index.json` is derived from them for tools that read OCI layouts.
 * `tag` flushes what was written before the name moves, so a name never outlives its content.
 */
export interface References extends Resolver, Tagger {
  /** In the order of the names. */
  list(): Promise<StoredReference[]>;
  /** False when there was no such name. */
  remove(reference: string): Promise<boolean>;
}
