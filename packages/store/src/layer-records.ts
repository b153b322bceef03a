import type { DiffId, Digest, LayerCompression } from '@tsbuild/core';

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
  put(record: LayerRecord): Promise<void>;
  /** Reads, changes and writes one record, one process at a time. */
  update(diffId: DiffId, change: (record: LayerRecord) => LayerRecord): Promise<LayerRecord>;
}
