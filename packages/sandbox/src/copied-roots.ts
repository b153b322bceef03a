import { chmod, mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { type DiffId, digestOf, type Rootfs, type RootfsLayer, TsbuildError, type WrittenLayer } from '@tsbuild/core';
import type { FolderFormat } from './archive-job.ts';
import type { Archivers } from './archivers.ts';
import type { PackRequest, PreparedRoot, Roots } from './roots.ts';

/**
 * Whole roots on disk, changed in place by one command after the other. A root that a command left is the root of the
 * next on the same layers; any other is unpacked.
 */
export class CopiedRoots implements Roots {
  readonly #archivers: Archivers;
  readonly #folder: string;
  readonly #format: FolderFormat;
  /** Roots that nobody uses, by their layers. */
  readonly #idle = new Map<string, string>();

  /** Roots are kept in `folder`. */
  constructor(archivers: Archivers, folder: string, format: FolderFormat) {
    this.#archivers = archivers;
    this.#folder = folder;
    this.#format = format;
  }

  async prepare(rootfs: Rootfs, folder: string, signal: AbortSignal | undefined): Promise<PreparedRoot> {
    const layers = rootfs.map(({ diffId }) => diffId);
    const root = this.#take(layers) ?? (await this.#unpack(rootfs, signal));
    const baseline = `${folder}/baseline`;
    await this.#archivers.use((archiver) => archiver.do({ kind: 'baseline', root, baseline }));
    return {
      lowers: [],
      upper: root,
      copy: root,
      pack: (request) => this.#pack({ root, baseline, layers }, request),
      discard: () => this.#archivers.remove(root),
    };
  }

  /** Each stage has a root of its own. */
  async unpack(): Promise<void> {}

  lowersOf(): Promise<readonly string[]> {
    const message = 'the tier chroot does not have a mount from another stage or image';
    return Promise.reject(new TsbuildError('ERR_TSBUILD_RUN_UNAVAILABLE', message, { hint: 'use COPY --from' }));
  }

  #take(layers: readonly DiffId[]): string | undefined {
    const key = keyOf(layers);
    const root = this.#idle.get(key);
    this.#idle.delete(key);
    return root;
  }

  async #unpack(rootfs: Rootfs, signal: AbortSignal | undefined): Promise<string> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const target = await mkdtemp(join(this.#folder, 'root-'));
    await chmod(target, 0o755);
    try {
      for (const layer of rootfs) {
        signal?.throwIfAborted();
        await this.#apply(layer, target);
      }
      return target;
    } catch (error) {
      await this.#archivers.remove(target);
      throw error;
    }
  }

  async #apply(layer: RootfsLayer, target: string): Promise<void> {
    const job = { kind: 'unpack', target, into: 'root', format: this.#format } as const;
    await this.#archivers.use((archiver) => archiver.unpack(job, layer));
  }

  async #pack(
    {
      root,
      baseline,
      layers,
    }: { readonly root: string; readonly baseline: string; readonly layers: readonly DiffId[] },
    { ingest, keep, stepWindow, signal }: PackRequest,
  ): Promise<WrittenLayer> {
    const job = { kind: 'pack-changes', root, baseline, stepWindow } as const;
    const { layer, isExact } = await this.#archivers.use((archiver) => archiver.pack(job, ingest), signal);
    if (isExact && keep) this.#idle.set(keyOf([...layers, layer.diffId]), root); // else it goes with the sandbox
    return layer;
  }
}

function keyOf(layers: readonly DiffId[]): string {
  return digestOf(layers.join(' '));
}
