import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecRequest, ExecResult, Executor, WrittenLayer } from '@tsbuild/core';
import type { SandboxOptions } from './options.ts';
import type { RunMount, RunOrder } from './protocol.ts';
import { openSnapshots, type Snapshots } from './snapshots.ts';
import { type SelectedTier, startTier } from './tier/select.ts';

/**
 * Starts the helper processes for RUN. Several commands may run at once; disposing ends what still runs and leaves
 * nothing mounted.
 * @throws {TsbuildError} ERR_TSBUILD_RUN_UNAVAILABLE when this machine cannot isolate a command: says why and the mend.
 */
export async function createSandbox(options: SandboxOptions): Promise<Executor> {
  const { tier: wanted = 'auto', runner = 'builtin', scratch: parent } = options;
  const tier = await startTier({ tier: wanted, runner, scratch: parent });
  const { folder: scratch, idMap, format, archivers } = tier;
  const places = { folder: join(options.snapshots, idMap), scratch, format };
  return new Sandbox(tier, await openSnapshots(places, archivers));
}

class Sandbox implements Executor {
  readonly tier: string;
  readonly #parts: SelectedTier;
  readonly #snapshots: Snapshots;
  readonly #cleaning = new Set<Promise<void>>();
  #count = 0;

  constructor(parts: SelectedTier, snapshots: Snapshots) {
    this.tier = parts.name;
    this.#parts = parts;
    this.#snapshots = snapshots;
  }

  async run(request: ExecRequest): Promise<ExecResult> {
    const { signal } = request;
    signal?.throwIfAborted();
    const lowers = await this.#snapshots.prepare(request.rootfs, signal);
    const mounts = await Promise.all(request.mounts.map((mount) => this.#prepareMount(mount, signal)));
    signal?.throwIfAborted();
    const folder = await mkdtemp(join(this.#parts.folder, 'run-'));
    try {
      this.#count += 1;
      return await this.#runIn({ id: this.#count, folder, lowers, process: request.process, mounts }, request);
    } finally {
      this.#clean(folder);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { worker, archivers, folder } = this.#parts;
    await worker[Symbol.asyncDispose]();
    await Promise.all(this.#cleaning);
    await archivers.use((archiver) => archiver.do({ kind: 'remove', path: folder }));
    await archivers[Symbol.asyncDispose]();
  }

  async #runIn(order: RunOrder, request: ExecRequest): Promise<ExecResult> {
    const from = seconds(Date.now() - CLOCK_LAG);
    const { exitCode, isTimeout } = await this.#supervise(order, request);
    if (exitCode !== 0) return isTimeout ? { exitCode, isTimeout } : { exitCode };
    const layer = await this.#pack(order, { from, to: seconds(Date.now()) }, request);
    return { exitCode, layer };
  }

  /** Stops the command when the signal or the time limit says so. */
  async #supervise(order: RunOrder, { signal, timeoutMs, onOutput = ignore }: ExecRequest) {
    const { worker } = this.#parts;
    let isTimeout = false;
    const stop = () => worker.stop(order.id);
    const expire = () => {
      isTimeout = true;
      stop();
    };
    const timer = timeoutMs === undefined ? undefined : setTimeout(expire, timeoutMs);
    signal?.addEventListener('abort', stop);
    try {
      const exitCode = await worker.run(order, onOutput);
      signal?.throwIfAborted();
      return { exitCode, isTimeout: isTimeout && exitCode !== 0 };
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
    }
  }

  async #pack(
    { folder, lowers }: RunOrder,
    stepWindow: { readonly from: number; readonly to: number },
    request: ExecRequest,
  ): Promise<WrittenLayer> {
    const { archivers, format } = this.#parts;
    const upper = `${folder}/upper`;
    await using ingest = await request.createIngest();
    const job = { kind: 'pack', upper, lowers, format, stepWindow } as const;
    const layer = await archivers.use((archiver) => archiver.pack(job, ingest));
    await this.#snapshots.keep(layer.diffId, upper);
    return layer;
  }

  async #prepareMount(mount: ExecRequest['mounts'][number], signal?: AbortSignal): Promise<RunMount> {
    if (mount.kind !== 'rootfs') return mount;
    const { rootfs, ...rest } = mount;
    return { ...rest, lowers: await this.#snapshots.prepare(rootfs, signal) };
  }

  /** In the background: the caller need not wait until a failed command's files are gone. */
  #clean(path: string): void {
    const cleaned = this.#parts.archivers
      .use((archiver) => archiver.do({ kind: 'remove', path }))
      .catch(() => undefined)
      .finally(() => this.#cleaning.delete(cleaned));
    this.#cleaning.add(cleaned);
  }
}

/** Files get the time of the kernel's last tick, milliseconds. */
const CLOCK_LAG = 20;

function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}

function ignore(): void {}
