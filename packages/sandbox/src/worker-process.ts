import type { ChildProcess } from 'node:child_process';
import type { ExecRequest } from '@tsbuild/core';
import { HelperProcess } from './helper-process.ts';
import type { FromWorker, RunOrder, ToWorker, WorkerSettings } from './protocol.ts';
import { fromWireError } from './wire-error.ts';

type OutputHandler = NonNullable<ExecRequest['onOutput']>;

export interface WorkerLaunch {
  /** Starts a program in the namespaces of a tier. */
  readonly prefix: readonly string[];
  /** Does what the new process waits for, on its stdin, before it becomes the worker. */
  readonly prepare?: (child: ChildProcess) => Promise<void>;
}

interface PendingRun {
  readonly onOutput: OutputHandler;
  readonly settle: (end: Promise<number>) => void;
  /** Output that is being taken in. */
  taken: Promise<void>;
}

/** The worker as its parent sees it. */
export class WorkerProcess implements AsyncDisposable {
  readonly #helper: HelperProcess<ToWorker, FromWorker>;
  readonly #runs = new Map<number, PendingRun>();
  readonly #ready: Promise<void>;
  #failure: Error | undefined;

  private constructor(settings: WorkerSettings, { prefix, prepare }: WorkerLaunch) {
    const stdio = prepare === undefined ? 'none' : 'pipes';
    this.#helper = new HelperProcess(new URL('./worker.js', import.meta.url), { prefix, stdio });
    this.#ready = new Promise((resolve, reject) => {
      this.#helper.listen(
        (message) => {
          if (message.kind === 'ready') resolve();
          else if (message.kind === 'failed') reject(fromWireError(message.error));
          else this.#receive(message);
        },
        (error) => {
          reject(error);
          this.#fail(error);
        },
      );
      prepare?.(this.#helper.child).catch(reject);
    });
    this.#helper.send({ kind: 'setup', settings });
  }

  /** Resolves when the worker has shown that it can do what its tier promises. */
  static async start(settings: WorkerSettings, launch: WorkerLaunch): Promise<WorkerProcess> {
    const worker = new WorkerProcess(settings, launch);
    try {
      await worker.#ready;
      return worker;
    } catch (error) {
      await worker[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Resolves with the exit status when all output was taken in and nothing is mounted any more. */
  async run(order: RunOrder, onOutput: OutputHandler): Promise<number> {
    if (this.#failure !== undefined) throw this.#failure;
    const end = new Promise<number>((resolve) => {
      this.#runs.set(order.id, { onOutput, settle: resolve, taken: Promise.resolve() });
    });
    this.#helper.send({ kind: 'start', order });
    try {
      return await end;
    } finally {
      this.#runs.delete(order.id);
    }
  }

  /** Kills the command of a run, which then ends. */
  stop(id: number): void {
    this.#helper.send({ kind: 'stop', id });
  }

  /** A process in the worker's user namespace. */
  get pid(): number | undefined {
    return this.#helper.child.pid;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#helper.end();
  }

  #receive(message: Exclude<FromWorker, { kind: 'ready' | 'failed' }>): void {
    const run = this.#runs.get(message.id);
    if (run === undefined) return;
    if (message.kind === 'output') {
      run.taken = run.taken.then(() => this.#take(run, message));
      run.taken.catch(() => this.stop(message.id));
    } else if (message.kind === 'ended') {
      run.settle(run.taken.then(() => message.exitCode));
    } else {
      run.settle(Promise.reject(fromWireError(message.error)));
    }
  }

  async #take(run: PendingRun, { id, stream, bytes }: Extract<FromWorker, { kind: 'output' }>): Promise<void> {
    try {
      await run.onOutput(stream, bytes);
    } finally {
      this.#helper.send({ kind: 'consumed', id, bytes: bytes.byteLength });
    }
  }

  #fail(error: Error): void {
    this.#failure = error;
    for (const { settle } of this.#runs.values()) settle(Promise.reject(error));
  }
}
