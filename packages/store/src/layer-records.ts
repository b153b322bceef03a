import { type DiffId, type Digest, digestHex, isDigest, type LayerCompression } from '@tsbuild/core';
import type { BlobStore } from './blob-store.ts';
import type { Locks } from './locks.ts';
import { SealedFiles } from './sealed-files.ts';
import type { StoreFolder } from './store-folder.ts';

/** A blob that is a layer in the form in which images carry it. */
export interface LayerForm {
  readonly mediaType: string;
  readonly digest: Digest;
  /** Bytes of the blob. */
  readonly size: number;
  readonly compression: LayerCompression;
  /** Level that tsbuild compressed it with; absent for a form that was pulled. */
  readonly level?: number;
}

/** What is known of a layer. Its tar, when stored, is the blob named by `diffId`. */
export interface LayerRecord {
  readonly diffId: DiffId;
  /** Known once the entries were read. */
  readonly contentId?: Digest;
  /** Bytes of the uncompressed tar, once known. */
  readonly size?: number;
  /** Other forms of the same layer. */
  readonly forms: readonly LayerForm[];
}

/** A layer record together with what is really there. */
export interface StoredLayer extends LayerRecord {
  /** The uncompressed tar is in the blob store. */
  readonly hasTar: boolean;
}

/** What is known of layers, in `layers/`. A damaged record is a miss. */
export interface LayerRecords {
  /** `forms` lists those whose blobs exist. A record may outlive all of its blobs: see `hasTar` and `forms`. */
  get(diffId: DiffId): Promise<StoredLayer | undefined>;
  /** Writes the record in place of what was known of its layer. */
  put(record: LayerRecord): Promise<void>;
  /** Reads, changes and writes one record, one process at a time. Starts from an empty record when there is none. */
  update(diffId: DiffId, change: (record: LayerRecord) => LayerRecord): Promise<LayerRecord>;
}

const RECORD_VERSION = 1;
const MAX_RECORD_BYTES = 1024 * 1024;

/** Layer records as sealed JSON. */
export class FolderLayerRecords implements LayerRecords {
  readonly #files: SealedFiles;
  readonly #blobs: BlobStore;
  readonly #locks: Locks;

  constructor(folder: StoreFolder, blobs: BlobStore, locks: Locks) {
    this.#files = new SealedFiles(folder);
    this.#blobs = blobs;
    this.#locks = locks;
  }

  async get(diffId: DiffId): Promise<StoredLayer | undefined> {
    const record = parse(diffId, this.#files.read(recordName(diffId), MAX_RECORD_BYTES));
    if (record === undefined) return undefined;
    const forms: LayerForm[] = [];
    for (const form of record.forms) {
      if ((await this.#blobs.stat(form.digest))?.size === form.size) forms.push(form);
    }
    const tar = await this.#blobs.stat(diffId);
    return { ...record, forms, hasTar: tar !== undefined && (record.size === undefined || tar.size === record.size) };
  }

  async put(record: LayerRecord): Promise<void> {
    this.#files.write(recordName(record.diffId), { v: RECORD_VERSION, ...record });
  }

  async update(diffId: DiffId, change: (record: LayerRecord) => LayerRecord): Promise<LayerRecord> {
    return await this.#locks.withLock(recordName(diffId), async () => {
      const changed = change(this.peek(diffId) ?? { diffId, forms: [] });
      await this.put(changed);
      return changed;
    });
  }

  /** The record alone, without marking it as used. */
  peek(diffId: DiffId): LayerRecord | undefined {
    return parse(diffId, this.#files.peek(recordName(diffId), MAX_RECORD_BYTES));
  }
}

function recordName(diffId: DiffId): string {
  return `layers/${digestHex(diffId)}`;
}

function parse(diffId: DiffId, value: unknown): LayerRecord | undefined {
  return isLayerRecord(value) && value.diffId === diffId ? withoutVersion(value) : undefined;
}

type WrittenRecord = LayerRecord & { readonly v: typeof RECORD_VERSION };

function isLayerRecord(value: unknown): value is WrittenRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { v, diffId, forms } = value as { v?: unknown; diffId?: unknown; forms?: unknown };
  return v === RECORD_VERSION && isDigest(diffId) && Array.isArray(forms) && forms.every(isLayerForm);
}

function isLayerForm(value: unknown): value is LayerForm {
  if (typeof value !== 'object' || value === null) return false;
  const { mediaType, digest, size } = value as { mediaType?: unknown; digest?: unknown; size?: unknown };
  return typeof mediaType === 'string' && isDigest(digest) && Number.isSafeInteger(size);
}

function withoutVersion({ v: _, ...record }: WrittenRecord): LayerRecord {
  return record;
}
