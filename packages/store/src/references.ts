import {
  type Descriptor,
  digestHex,
  digestOf,
  formatReference,
  isDigest,
  NotFoundError,
  parseReference,
  type Resolver,
  type Tagger,
} from '@tsbuild/core';
import type { BlobStore } from './blob-store.ts';
import { writeOciLayout } from './oci-layout.ts';
import { SealedFiles } from './sealed-files.ts';
import type { StoreFolder } from './store-folder.ts';

/** A name of an image, and what it leads to. */
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

export const MAX_REFERENCE_BYTES = 64 * 1024;

/** One sealed file a name. */
export class FolderReferences implements References {
  readonly #folder: StoreFolder;
  readonly #blobs: BlobStore;
  readonly #files: SealedFiles;

  constructor(folder: StoreFolder, blobs: BlobStore) {
    this.#folder = folder;
    this.#blobs = blobs;
    this.#files = new SealedFiles(folder);
  }

  async resolve(reference: string): Promise<Descriptor> {
    const found = isDigest(reference)
      ? this.#list().find(({ descriptor }) => descriptor.digest === reference)
      : this.#read(fileOf(normalize(reference)));
    if (found !== undefined && (await this.#blobs.exists(found.descriptor))) return found.descriptor;
    throw new NotFoundError(`${JSON.stringify(reference)} is not in the store`);
  }

  async tag(target: Descriptor, reference: string): Promise<void> {
    const name = normalize(reference);
    const file = fileOf(name);
    if (sameDescriptor(this.#read(file)?.descriptor, target)) return;
    if (!(await this.#blobs.exists(target))) throw new NotFoundError(`blob ${target.digest} is not in the store`);
    await this.#folder.flush();
    const entry: StoredReference = { reference: name, descriptor: target, created: Date.now() };
    this.#files.write(file, entry);
    await this.#publish();
  }

  async list(): Promise<StoredReference[]> {
    return this.#list();
  }

  async remove(reference: string): Promise<boolean> {
    const removed = this.#folder.remove(this.#folder.path(fileOf(normalize(reference))));
    if (removed) await this.#publish();
    return removed;
  }

  #list(): StoredReference[] {
    return this.#folder
      .names('refs')
      .flatMap((name) => this.#read(`refs/${name}`) ?? [])
      .sort((a, b) => (a.reference < b.reference ? -1 : 1));
  }

  #read(file: string): StoredReference | undefined {
    const value = this.#files.read(file, MAX_REFERENCE_BYTES);
    return isStoredReference(value) ? value : undefined;
  }

  async #publish(): Promise<void> {
    writeOciLayout(this.#folder, () => this.#list());
    await this.#folder.flush();
  }
}

/** A digest says more than the tag beside it, which is therefore left out. */
function normalize(reference: string): string {
  const { tag, ...rest } = parseReference(reference);
  return formatReference(rest.digest === undefined && tag !== undefined ? { ...rest, tag } : rest);
}

/** Names may be longer than file names may be. */
function fileOf(name: string): string {
  return `refs/${digestHex(digestOf(name))}`;
}

function sameDescriptor(a: Descriptor | undefined, b: Descriptor): boolean {
  const isSame = a?.digest === b.digest && a.mediaType === b.mediaType && a.size === b.size;
  return isSame && JSON.stringify(a.annotations ?? {}) === JSON.stringify(b.annotations ?? {});
}

export function isStoredReference(value: unknown): value is StoredReference {
  if (typeof value !== 'object' || value === null) return false;
  const { reference, descriptor, created } = value as { reference?: unknown; descriptor?: unknown; created?: unknown };
  return typeof reference === 'string' && typeof created === 'number' && isDescriptor(descriptor);
}

function isDescriptor(value: unknown): value is Descriptor {
  if (typeof value !== 'object' || value === null) return false;
  const { mediaType, digest, size } = value as { mediaType?: unknown; digest?: unknown; size?: unknown };
  return typeof mediaType === 'string' && isDigest(digest) && Number.isSafeInteger(size);
}
