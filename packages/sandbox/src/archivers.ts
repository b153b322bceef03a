import { rmdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { systemErrorCode } from '@tsbuild/core';
import { ArchiverProcess } from './archiver-process.ts';

const MOST = 4;
/** How long work waits before one more is started for it, milliseconds: as long as that takes on a busy machine. */
const PATIENCE_MS = 100;

/** A few archivers, started when needed and used again. */
export class Archivers implements AsyncDisposable {
  readonly #prefix: readonly string[];
  readonly #all = new Set<ArchiverProcess>();
  readonly #idle: ArchiverProcess[] = [];
  readonly #waiting: (() => void)[] = [];
  #most = Math.min(availableParallelism(), MOST);

  /** Starts the first one. */
  constructor(prefix: readonly string[]) {
    this.#prefix = prefix;
    this.#idle.push(this.#start());
  }

  /** Lends an archiver to `work`, waiting for a free one. When `signal` aborts, the archiver is ended. */
  async use<T>(work: (archiver: ArchiverProcess) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const archiver = await this.#take();
    const abort = () => void archiver.kill();
    signal?.addEventListener('abort', abort);
    try {
      signal?.throwIfAborted();
      return await work(archiver);
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener('abort', abort);
      if (archiver.hasFailed) this.#all.delete(archiver);
      else this.#idle.push(archiver);
      this.#waiting.shift()?.();
    }
  }

  /** Removes a folder. What belongs to other ids of a user namespace is removed from within it. */
  async remove(path: string): Promise<void> {
    if (removeEmpty(path)) return;
    try {
      await rm(path, { recursive: true, force: true });
    } catch (error) {
      const code = systemErrorCode(error);
      if (code !== 'EACCES' && code !== 'EPERM') throw error;
      await this.use((archiver) => archiver.do({ kind: 'remove', path }));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#all].map((archiver) => archiver.kill()));
  }

  /** One more is started where none is free, but who is free first is taken: most work takes less time than a start. */
  async #take(): Promise<ArchiverProcess> {
    for (;;) {
      const idle = this.#idle.pop();
      if (idle !== undefined && !idle.hasFailed) return idle;
      if (idle !== undefined) this.#all.delete(idle);
      else if (this.#all.size === 0) return this.#start();
      else await this.#wait();
    }
  }

  async #wait(): Promise<void> {
    const patience = setTimeout(() => void this.#startBeside(), PATIENCE_MS);
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
    clearTimeout(patience);
  }

  /** Where no more start, those that there are do the work. */
  async #startBeside(): Promise<void> {
    if (this.#all.size >= this.#most) return;
    const archiver = this.#start();
    if (await archiver.isReady) this.#idle.push(archiver);
    else {
      this.#all.delete(archiver);
      this.#most = Math.max(1, this.#all.size);
    }
    this.#waiting.shift()?.();
  }

  #start(): ArchiverProcess {
    const archiver = new ArchiverProcess(this.#prefix);
    this.#all.add(archiver);
    return archiver;
  }
}

/** The folder of a run that wrote what was kept. */
function removeEmpty(path: string): boolean {
  try {
    rmdirSync(path);
    return true;
  } catch {
    return false;
  }
}
