import type { ChildProcess } from 'node:child_process';
import type { ExecRequest } from '@tsbuild/core';
import { CommandInput } from './command-input.ts';
import { HelperProcess } from './helper-process.ts';
import type { FromWorker, RunEnd, RunOrder, ToWorker, WorkerSettings } from './protocol.ts';
import { fromWireError } from './wire-error.ts';

/** What passes between a command and those who wait for it. */
type CommandTalk = Pick<ExecRequest, 'onOutput' | 'onStart' | 'stdin'>;

export interface WorkerLaunch {
  /** Starts a program in the namespaces of a tier. */
  readonly prefix: readonly string[];
  /** Does what the new process waits for, on its stdin, before it becomes the worker. */
  readonly prepare?: (child: ChildProcess) => Promise<void>;
}

interface PendingRun {
  readonly talk: CommandTalk;
  readonly input: CommandInput | undefined;
  readonly settle: (end: Promise<RunEnd>) => void;
  /** Output that is being taken in. */
  taken: Promise<void>;
  /** Nobody waits for it any more. */
  isAbandoned: boolean;
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

  /** Resolves when all output was taken in and what the command wrote can be looked at. */
  async run(order: RunOrder, talk: CommandTalk): Promise<RunEnd> {
    if (this.#failure !== undefined) throw this.#failure;
    const { id } = order;
    const { stdin } = talk;
    const input = stdin && new CommandInput(stdin, (message) => this.#helper.send({ ...message, id }));
    const end = new Promise<RunEnd>((resolve) => {
      this.#runs.set(id, { talk, input, settle: resolve, taken: Promise.resolve(), isAbandoned: false });
    });
    this.#helper.send({ kind: 'start', order });
    try {
      return await end;
    } finally {
      input?.stop();
      this.#runs.delete(id);
    }
  }

  /** Kills the command of a run, which then ends. */
  stop(id: number): void {
    this.#helper.send({ kind: 'stop', id });
  }

  /** The same, and does not wait for those who take its output. */
  abandon(id: number): void {
    const run = this.#runs.get(id);
    if (run !== undefined) run.isAbandoned = true;
    this.stop(id);
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
    switch (message.kind) {
      case 'started':
        this.#started(message.id, run);
        break;
      case 'output':
        run.taken = run.taken.then(() => this.#take(run, message));
        run.taken.catch(() => this.stop(message.id));
        break;
      case 'taken':
        run.input?.taken(message.bytes);
        break;
      case 'ended':
        run.settle(run.isAbandoned ? Promise.resolve(message) : run.taken.then(() => message));
        break;
      case 'refused':
        run.settle(Promise.reject(fromWireError(message.error)));
        break;
      default:
        message satisfies never;
    }
  }

  #started(id: number, { talk, input, settle }: PendingRun): void {
    talk.onStart?.({
      signal: (signal) => this.#helper.send({ kind: 'signal', id, signal }),
      resize: (size) => this.#helper.send({ kind: 'resize', id, size }),
    });
    input?.start((error) => {
      this.stop(id);
      settle(Promise.reject(error));
    });
  }

  async #take(
    { talk, isAbandoned }: PendingRun,
    { id, stream, bytes }: Extract<FromWorker, { kind: 'output' }>,
  ): Promise<void> {
    try {
      if (!isAbandoned) await talk.onOutput?.(stream, bytes);
    } finally {
      this.#helper.send({ kind: 'consumed', id, bytes: bytes.byteLength });
    }
  }

  #fail(error: Error): void {
    this.#failure = error;
    for (const { settle } of this.#runs.values()) settle(Promise.reject(error));
  }
}
