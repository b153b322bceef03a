import type { Ingest, Rootfs, WrittenLayer } from '@tsbuild/core';

/** The root of one run, and afterwards what was written to it. */
export interface PreparedRoot {
  /** Unpacked layers, bottom first. */
  readonly lowers: readonly string[];
  /** What is written goes here. */
  readonly upper: string;
  /** A whole root that is changed in place, where layers cannot be merged by mounting. */
  readonly copy?: string;
  /** Packs what was written while no command runs. */
  pack(request: PackRequest): Promise<WrittenLayer>;
  /** When nothing was packed to be kept: the command failed, or was stopped. */
  discard(): Promise<void>;
}

export interface PackRequest {
  readonly ingest: Ingest;
  /** The root is known from now on as that of its layers and the new one, and no command runs in it any more. */
  readonly keep: boolean;
  /** Seconds between which the command ran. */
  readonly stepWindow: { readonly from: number; readonly to: number };
  readonly signal: AbortSignal | undefined;
}

/** Makes roots of layers. */
export interface Roots {
  /** `folder` is the run's own, on disk. */
  prepare(rootfs: Rootfs, folder: string, signal: AbortSignal | undefined): Promise<PreparedRoot>;
  /** Unpacks layers that several runs will need, where those have them in common. */
  unpack(rootfs: Rootfs, signal: AbortSignal | undefined): Promise<void>;
  /** Folders, bottom first, of the layers of a mount. */
  lowersOf(rootfs: Rootfs, signal: AbortSignal | undefined): Promise<readonly string[]>;
}
