import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ResourceLimits, systemErrorCode, UsageError } from '@tsbuild/core';
import { PROGRAM_FD } from '../../launch/architecture.ts';
import { type Syscall, syscall } from '../../launch/program.ts';
import type { Controller } from './hierarchies.ts';
import { type CgroupPlace, findPlaces, makeCgroup, refusal, removeCgroup, removeStale } from './place.ts';
import { controllersOf, type Setting, settingsOf } from './settings.ts';

const AT_FDCWD = -100;
const O_WRONLY = 1;
const SIGKILL_STATUS = 137;
const SWAP_FILES = ['memory.memsw.limit_in_bytes', 'memory.swap.max'];

/** An OCI runtime, or its part that becomes the command, is counted in ours, too, and must not use up what is the command's. */
const COUNTED: readonly Controller[] = ['memory', 'pids'];

export interface CgroupOptions {
  /** An OCI runtime makes a cgroup below for the command, and limits its memory and pids there, see `ociResources`. */
  readonly hasInner: boolean;
}

interface Cgroup extends CgroupPlace {
  readonly path: string;
}

/** The cgroups of one command, one in each tree that has limits for it. */
export class CommandCgroup implements AsyncDisposable {
  readonly #cgroups: Cgroup[] = [];
  readonly #limits: ResourceLimits;
  readonly #hasInner: boolean;

  private constructor(limits: ResourceLimits, { hasInner }: CgroupOptions) {
    this.#limits = limits;
    this.#hasInner = hasInner;
  }

  /** @throws {TsbuildError} ERR_TSBUILD_RUN_UNAVAILABLE where this machine does not let us limit it; nothing stays then */
  static async create(name: string, limits: ResourceLimits, options: CgroupOptions): Promise<CommandCgroup> {
    const cgroup = new CommandCgroup(limits, options);
    try {
      cgroup.#make(name);
      return cgroup;
    } catch (error) {
      await cgroup[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Calls that put the process that makes them into the cgroups. They need a free descriptor, the lowest. */
  enterCalls(): Syscall[] {
    return this.#cgroups.flatMap(({ path }) => [
      syscall('openat', AT_FDCWD, `${path}/cgroup.procs`, O_WRONLY, 0),
      syscall('write', PROGRAM_FD, '0', 1),
      syscall('close', PROGRAM_FD),
    ]);
  }

  /** Its folders in trees of one version. */
  foldersOf(wanted: 1 | 2): readonly string[] {
    return this.#cgroups.filter(({ version }) => version === wanted).map(({ path }) => path);
  }

  /** Its name in the tree of version 2, from the top of the tree; undefined when it is not in it. */
  get unifiedName(): string | undefined {
    const found = this.#cgroups.find(({ version }) => version === 2);
    return found?.path.slice(found.top.length);
  }

  /** True when its memory is limited, and the kernel counts what of it is swapped out, too. */
  get countsSwap(): boolean {
    return this.#cgroups.some(({ path }) => SWAP_FILES.some((file) => existsSync(join(path, file))));
  }

  /** True when the kernel ended processes of the command because they used more memory than they may. */
  isOutOfMemory(exitCode: number): boolean {
    const found = this.#cgroups.find(({ controllers }) => controllers.includes('memory'));
    if (found === undefined) return false;
    if (found.version === 2) return numberIn(found, 'memory.events', /^oom_kill (\d+)$/m) > 0;
    if (numberIn(found, 'memory.oom_control', /^oom_kill (\d+)$/m) > 0) return true;
    // An OCI runtime counts in a cgroup below, which is gone by now; that the limit was reached is still seen.
    const most = numberIn(found, 'memory.max_usage_in_bytes', /^(\d+)$/m);
    return this.#hasInner && exitCode === SIGKILL_STATUS && most >= (this.#limits.memory ?? 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#cgroups.map(({ path }) => removeCgroup(path)));
  }

  #make(name: string): void {
    for (const place of findPlaces(controllersOf(this.#limits))) {
      const cgroup = { ...place, path: makeCgroup(place, name) };
      this.#cgroups.push(cgroup);
      removeStale(place.folder, Date.now());
      for (const setting of this.#settings(place)) write(cgroup, setting);
    }
  }

  #settings({ controllers, version }: CgroupPlace): readonly Setting[] {
    const ours = controllers.filter((name) => !(this.#hasInner && COUNTED.includes(name)));
    return ours.flatMap((name) => settingsOf(name, this.#limits, version));
  }
}

function write({ path }: Cgroup, { file, value, option, isImplied, controller }: Setting): void {
  const target = join(path, file);
  if (!existsSync(target)) {
    if (isImplied === true) return;
    throw refusal(controller, `this kernel does not keep count for --${option}`);
  }
  try {
    writeFileSync(target, value);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'EACCES' || code === 'EPERM') throw refusal(controller, `${target}: ${code}`, error);
    throw new UsageError(`the kernel refuses --${option}=${value}: ${code}`, { cause: error });
  }
}

function numberIn({ path }: Cgroup, file: string, pattern: RegExp): number {
  const target = join(path, file);
  if (!existsSync(target)) return 0;
  const [, text = '0'] = pattern.exec(readFileSync(target, 'utf8')) ?? [];
  return Number(text);
}
