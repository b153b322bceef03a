import { mkdtempSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  type ExecRequest,
  type ExecResult,
  type Executor,
  type FolderArchive,
  type Ingest,
  type Rootfs,
  type SandboxWeakness,
  TsbuildError,
  type WrittenLayer,
} from '@tsbuild/core';
import { CopiedRoots } from './copied-roots.ts';
import { Folders } from './folders.ts';
import { holdRoot } from './held-root.ts';
import type { SandboxOptions } from './options.ts';
import { OverlayRoots } from './overlay-roots.ts';
import { pointToDoctor } from './point-to-doctor.ts';
import type { RunMount } from './protocol.ts';
import type { PackRequest, PreparedRoot, Roots } from './roots.ts';
import { settleAll } from './settle-all.ts';
import { openSnapshots } from './snapshots.ts';
import { supervise } from './supervise.ts';
import { type SelectedTier, startTier } from './tier/select.ts';

/** Files get the time of the kernel's last tick, milliseconds. */
const CLOCK_LAG = 20;

/**
 * Starts the helper processes for RUN. Several commands may run at once; disposing ends what still runs and leaves
 * nothing mounted.
 * @throws {TsbuildError} ERR_TSBUILD_RUN_UNAVAILABLE when this machine cannot isolate a command: says why and the mend.
 */
export async function createSandbox(options: SandboxOptions): Promise<Executor> {
  const { tier: wanted = 'auto', runner = 'builtin', scratch, ignoreChownErrors } = options;
  const tier = await startTier({ tier: wanted, runner, scratch, ignoreChownErrors });
  return new Sandbox(tier, await openRoots(tier, resolve(options.snapshots)));
}

async function openRoots({ name, folder, idMap, format, archivers }: SelectedTier, snapshots: string): Promise<Roots> {
  if (name === 'chroot') return new CopiedRoots(archivers, join(folder, 'roots'), format);
  const opened = await openSnapshots({ snapshots, idMap, scratch: folder, format }, archivers);
  return new OverlayRoots(opened, archivers, format);
}

/** Where a command runs, and those that look at what it left. */
interface PlaceOfRun {
  readonly root: PreparedRoot;
  /** On disk, for this run alone. */
  readonly folder: string;
  readonly mounts: readonly RunMount[];
  /** Seconds: when it began. */
  readonly from: number;
}

interface Ending {
  /** Undefined when there is none: it could not be started, or packed. */
  readonly exitCode: number | undefined;
  readonly signal: AbortSignal | undefined;
}

class Sandbox implements Executor {
  readonly tier: string;
  readonly weakness: SandboxWeakness | undefined;
  readonly folders: FolderArchive;
  readonly #parts: SelectedTier;
  readonly #roots: Roots;
  readonly #disposal = new AbortController();
  /** Runs and what is removed after them. */
  readonly #underway = new Set<Promise<void>>();
  #count = 0;

  constructor(parts: SelectedTier, roots: Roots) {
    this.tier = parts.resultClass ?? parts.name;
    this.weakness = parts.weakness;
    this.folders = new Folders({ archivers: parts.archivers, format: parts.format, scratch: parts.folder });
    this.#parts = parts;
    this.#roots = roots;
  }

  async run(request: ExecRequest): Promise<ExecResult> {
    const result = this.#followed(this.#run({ ...request, signal: this.#untilClosed(request.signal) }));
    return await result.catch((error: unknown) => {
      throw pointToDoctor(error);
    });
  }

  async prepare(rootfs: Rootfs, signal?: AbortSignal): Promise<void> {
    await this.#followed(this.#roots.unpack(rootfs, this.#untilClosed(signal)));
  }

  #untilClosed(signal: AbortSignal | undefined): AbortSignal {
    return AbortSignal.any([...(signal === undefined ? [] : [signal]), this.#disposal.signal]);
  }

  /** Its end is waited for before the sandbox ends. */
  #followed<T>(work: Promise<T>): Promise<T> {
    const settled = work.then(ignore, ignore).finally(() => this.#underway.delete(settled));
    this.#underway.add(settled);
    return work;
  }

  async #run(request: ExecRequest): Promise<ExecResult> {
    const { rootfs, process, signal } = request;
    signal?.throwIfAborted();
    if (process.resources !== undefined) (await import('./worker/cgroup/prepare.ts')).prepareCgroups(process.resources);
    const folder = mkdtempSync(join(this.#parts.folder, 'run-'));
    let exitCode: number | undefined;
    try {
      const mounts = await settleAll(request.mounts.map((mount) => this.#prepareMount(mount, signal)));
      const root = await this.#roots.prepare(rootfs, folder, signal);
      const place = { root, folder, mounts, from: seconds(Date.now() - CLOCK_LAG) };
      const result = await this.#runIn(place, request);
      exitCode = result.exitCode;
      return result;
    } finally {
      await this.#clean(() => this.#parts.archivers.remove(folder), { exitCode, signal });
    }
  }

  /** Files are removed while the worker still holds the user namespace that may remove them. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { worker, archivers, folder } = this.#parts;
    this.#disposal.abort(new TsbuildError('ERR_TSBUILD_INTERRUPTED', 'the sandbox was closed while a command ran'));
    while (this.#underway.size > 0) await Promise.all(this.#underway);
    await archivers.remove(folder);
    await Promise.all([worker[Symbol.asyncDispose](), archivers[Symbol.asyncDispose]()]);
  }

  async #runIn(place: PlaceOfRun, request: ExecRequest): Promise<ExecResult> {
    const { createIngest, onFailure } = request;
    let isKept = false;
    let exitCode: number | undefined;
    try {
      const result = await this.#execute(place, request);
      exitCode = result.exitCode;
      if (exitCode !== 0 && onFailure !== undefined) await this.#hold(place, result, onFailure);
      if (exitCode !== 0) return result;
      if (createIngest === undefined) return { exitCode };
      await using ingest = await createIngest();
      const layer = await this.#pack(place, { ingest, keep: true, signal: request.signal });
      isKept = true;
      return { exitCode, layer };
    } finally {
      if (!isKept) await this.#clean(() => place.root.discard(), { exitCode, signal: request.signal });
    }
  }

  async #execute({ root, folder, mounts }: PlaceOfRun, request: Omit<ExecRequest, 'rootfs' | 'mounts'>) {
    this.#count += 1;
    const { process, stdin, terminal, hasOneOutput = false } = request;
    const { lowers, upper, copy } = root;
    const order = {
      id: this.#count,
      folder,
      mounts,
      lowers,
      upper,
      ...(copy !== undefined && { copy }),
      process,
      hasInput: stdin !== undefined,
      hasOneOutput,
      terminal,
    };
    return supervise(this.#parts.worker, order, request);
  }

  async #hold(place: PlaceOfRun, result: ExecResult, onFailure: NonNullable<ExecRequest['onFailure']>): Promise<void> {
    const parts = {
      result,
      run: async (request: Omit<ExecRequest, 'rootfs' | 'mounts'>) => {
        const signal = this.#untilClosed(request.signal);
        const folder = mkdtempSync(join(place.folder, 'again-'));
        return this.#execute({ ...place, folder }, { ...request, signal });
      },
      pack: (ingest: Ingest) => this.#pack(place, { ingest, keep: false, signal: this.#disposal.signal }),
    };
    await holdRoot(parts, onFailure, this.#disposal.signal);
  }

  async #pack({ root, from }: PlaceOfRun, request: Omit<PackRequest, 'stepWindow'>): Promise<WrittenLayer> {
    const stepWindow = { from, to: seconds(Date.now()) };
    return { ...(await root.pack({ ...request, stepWindow })), stepWindow };
  }

  async #prepareMount(mount: ExecRequest['mounts'][number], signal?: AbortSignal): Promise<RunMount> {
    if (mount.kind !== 'rootfs') return mount;
    const { rootfs, ...rest } = mount;
    return { ...rest, lowers: await this.#roots.lowersOf(rootfs, signal) };
  }

  /**
   * Removes files. After a failure, which may be that of a full disk, the caller waits until they are gone; else, and when
   * somebody wants an end now, it goes on in the background.
   */
  async #clean(work: () => Promise<void>, { exitCode, signal }: Ending): Promise<void> {
    const cleaned = work()
      .catch(ignore)
      .finally(() => this.#underway.delete(cleaned));
    this.#underway.add(cleaned);
    if (exitCode !== 0 && signal?.aborted !== true) await cleaned;
  }
}

function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}

function ignore(): void {}
