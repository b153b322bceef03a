import type { Rootfs, WrittenLayer } from '@tsbuild/core';
import type { FolderFormat } from './archive-job.ts';
import type { Archivers } from './archivers.ts';
import type { PackRequest, PreparedRoot, Roots } from './roots.ts';
import type { Snapshots } from './snapshots.ts';

/** Roots merged of snapshots by an overlay, which collects what is written in a folder of its own. */
export class OverlayRoots implements Roots {
  readonly #snapshots: Snapshots;
  readonly #archivers: Archivers;
  readonly #format: FolderFormat;

  constructor(snapshots: Snapshots, archivers: Archivers, format: FolderFormat) {
    this.#snapshots = snapshots;
    this.#archivers = archivers;
    this.#format = format;
  }

  async prepare(rootfs: Rootfs, folder: string, signal: AbortSignal | undefined): Promise<PreparedRoot> {
    const lowers = await this.#snapshots.prepare(rootfs, signal);
    const upper = `${folder}/upper`;
    return {
      lowers,
      upper,
      pack: (request) => this.#pack({ upper, lowers }, request),
      discard: async () => undefined, // goes with the run's folder
    };
  }

  async unpack(rootfs: Rootfs, signal: AbortSignal | undefined): Promise<void> {
    await this.#snapshots.prepare(rootfs, signal);
  }

  lowersOf(rootfs: Rootfs, signal: AbortSignal | undefined): Promise<readonly string[]> {
    return this.#snapshots.prepare(rootfs, signal);
  }

  /** Afterwards the folder is what unpacking the layer would give, and is kept as that. */
  async #pack(
    { upper, lowers }: { readonly upper: string; readonly lowers: readonly string[] },
    { ingest, keep, stepWindow, signal }: PackRequest,
  ): Promise<WrittenLayer> {
    const job = { kind: 'pack', upper, lowers, format: this.#format, stepWindow } as const;
    const { layer, isExact } = await this.#archivers.use((archiver) => archiver.pack(job, ingest), signal);
    if (isExact && keep) this.#snapshots.keep(layer.diffId, upper);
    return layer;
  }
}
