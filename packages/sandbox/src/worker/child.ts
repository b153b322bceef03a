import { type SpawnCall, spawnProcess, waitStatus } from '../linux/spawn.ts';

/** Those that run, and what their ends are told to. */
const running = new Map<number, (status: number) => void>();

/** A process that Node knows nothing of: we wait for it ourselves. */
export class Child {
  /** Exit status, 128 + n when signal n ended it. */
  readonly ended: Promise<number>;
  readonly #pid: number;

  private constructor(pid: number) {
    this.#pid = pid;
    this.ended = new Promise((resolve) => running.set(pid, resolve));
  }

  /** Says with which number of an error nothing was started. */
  static start(call: SpawnCall): Child | { readonly errno: number } {
    if (!process.listeners('SIGCHLD').includes(reap)) process.on('SIGCHLD', reap);
    const started = spawnProcess(call);
    return 'pid' in started ? new Child(started.pid) : started;
  }

  /** A child that another of our children made for us. To be called before anything else can happen. */
  static adopt(pid: number): Child {
    return new Child(pid);
  }

  /** Does nothing once it has ended. */
  kill(signal: NodeJS.Signals | number): void {
    if (running.has(this.#pid)) process.kill(this.#pid, signal);
  }
}

/** One signal may tell of several ends. */
function reap(): void {
  for (const [pid, settle] of running) {
    const status = waitStatus(pid);
    if (status === undefined) continue;
    running.delete(pid);
    settle(exitStatus(status));
  }
}

function exitStatus(status: number): number {
  const signal = status & 0x7f;
  return signal === 0 ? (status >> 8) & 0xff : 128 + signal;
}
