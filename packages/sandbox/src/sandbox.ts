import { mkdtemp } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type ExecRequest, type ExecResult, type Executor, TsbuildError, type WrittenLayer } from '@tsbuild/core';
import { CopiedRoots } from './copied-roots.ts';
import type { SandboxOptions } from './options.ts';
import { OverlayRoots } from './overlay-roots.ts';
import type { RunMount, RunOrder } from './protocol.ts';
import type { PreparedRoot, Roots } from './roots.ts';
import { settleAll } from './settle-all.ts';
import { openSnapshots } from './snapshots.ts';
import { type SelectedTier, startTier } from './tier/select.ts';

/** Files get the time of the kernel's last tick, milliseconds. */
const CLOCK_LAG = 20;

/**
 * Starts the helper processes for RUN. Several commands may run at once; disposing ends what still runs and leaves
 * nothing mounted.
 * @throws {TsbuildError} ERR_TSBUILD_RUN_UNAVAILABLE when this machine cannot isolate a command: says why and the mend.
 */
export async function createSandbox(options: SandboxOptions): Promise<Executor> {
  const { tier: wanted = 'auto', runner = 'builtin', scratch } = options;
  const tier = await startTier({ tier: wanted, runner, scratch });
  return new Sandbox(tier, await openRoots(tier, resolve(options.snapshots)));
}

async function openRoots({ name, folder, idMap, format, archivers }: SelectedTier, snapshots: string): Promise<Roots> {
  if (name === 'chroot') return new CopiedRoots(archivers, join(folder, 'roots'), format);
  const opened = await openSnapshots({ snapshots, idMap, scratch: folder, format }, archivers);
  return new OverlayRoots(opened, archivers, format);
}

class Sandbox implements Executor {
  readonly tier: string;
  readonly #parts: SelectedTier;
  readonly #roots: Roots;
  readonly #disposal = new AbortController();
  /** Runs and what is removed after them. */
  readonly #underway = new Set<Promise<void>>();
  #count = 0;

  constructor(parts: SelectedTier, roots: Roots) {
    this.tier = parts.name;
    this.#parts = parts;
    this.#roots = roots;
  }

  async run(request: ExecRequest): Promise<ExecResult> {
    const signals = request.signal === undefined ? [] : [request.signal];
    const signal = AbortSignal.any([...signals, this.#disposal.signal]);
    const result = this.#run({ ...request, signal });
    const settled = result.then(ignore, ignore).finally(() => this.#underway.delete(settled));
    this.#underway.add(settled);
    return await result;
  }

  async #run(request: ExecRequest): Promise<ExecResult> {
    const { rootfs, signal } = request;
    signal?.throwIfAborted();
    const folder = await mkdtemp(join(this.#parts.folder, 'run-'));
    try {
      const mounts = await settleAll(request.mounts.map((mount) => this.#prepareMount(mount, signal)));
      const root = await this.#roots.prepare(rootfs, folder, signal);
      return await this.#runIn(root, { folder, mounts }, request);
    } finally {
      this.#clean(() => this.#parts.archivers.remove(folder));
    }
  }

  /** Files are removed while the worker still holds the user namespace that may remove them. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { worker, archivers, folder } = this.#parts;
    this.#disposal.abort(new TsbuildError('ERR_TSBUILD_INTERRUPTED', 'the sandbox was closed while a command ran'));
    while (this.#underway.size > 0) await Promise.all(this.#underway);
    await archivers.remove(folder);
    await worker[Symbol.asyncDispose]();
    await archivers[Symbol.asyncDispose]();
  }

  async #runIn(
    root: PreparedRoot,
    run: { readonly folder: string; readonly mounts: readonly RunMount[] },
    request: ExecRequest,
  ): Promise<ExecResult> {
    this.#count += 1;
    const { lowers, copy } = root;
    const order = { id: this.#count, ...run, lowers, ...(copy !== undefined && { copy }), process: request.process };
    let layer: WrittenLayer | undefined;
    try {
      const from = seconds(Date.now() - CLOCK_LAG);
      const { exitCode, isTimeout } = await this.#supervise(order, request);
      if (exitCode !== 0) return isTimeout ? { exitCode, isTimeout } : { exitCode };
      await using ingest = await request.createIngest();
      layer = await root.pack({ ingest, stepWindow: { from, to: seconds(Date.now()) }, signal: request.signal });
      return { exitCode, layer };
    } finally {
      if (layer === undefined) this.#clean(() => root.discard());
    }
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
    signal?.throwIfAborted();
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

  async #prepareMount(mount: ExecRequest['mounts'][number], signal?: AbortSignal): Promise<RunMount> {
    if (mount.kind !== 'rootfs') return mount;
    const { rootfs, ...rest } = mount;
    return { ...rest, lowers: await this.#roots.lowersOf(rootfs, signal) };
  }

  /** In the background: the caller need not wait until files are gone. */
  #clean(work: () => Promise<void>): void {
    const cleaned = work()
      .catch(ignore)
      .finally(() => this.#underway.delete(cleaned));
    this.#underway.add(cleaned);
  }
}

function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}

function ignore(): void {}
