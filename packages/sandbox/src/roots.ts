import type { Ingest, Rootfs, WrittenLayer } from '@tsbuild/core';

/** The root of one run, and afterwards what was written to it. */
export interface PreparedRoot {
  /** Unpacked layers, bottom first. */
  readonly lowers: readonly string[];
  /** A whole root that is changed in place, where layers cannot be merged by mounting. */
  readonly copy?: string;
  /** Packs what the command wrote; call it once, after the command ended with status 0. */
  pack(request: PackRequest): Promise<WrittenLayer>;
  /** When nothing was packed: the command failed, or was stopped. */
  discard(): Promise<void>;
}

export interface PackRequest {
  readonly ingest: Ingest;
  /** Seconds between which the command ran. */
  readonly stepWindow: { readonly from: number; readonly to: number };
  readonly signal: AbortSignal | undefined;
}

/** Makes roots of layers. */
export interface Roots {
  /** `folder` is the run's own, on disk. */
  prepare(rootfs: Rootfs, folder: string, signal: AbortSignal | undefined): Promise<PreparedRoot>;
  /** Folders, bottom first, of the layers of a mount. */
  lowersOf(rootfs: Rootfs, signal: AbortSignal | undefined): Promise<readonly string[]>;
}
