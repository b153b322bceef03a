import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fchmodSync, fchownSync, openSync, readSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Architecture } from '../launch/architecture.ts';
import { launcherExecutable } from '../launch/launcher.ts';
import { decodeReport, encodeProgram, type LaunchFailure, type Syscall } from '../launch/program.ts';
import { CLONE_NEWPID } from '../linux/flags.ts';
import { createMemoryFile, createPipe, setNamespace, unshare } from '../linux/libc.ts';

/** A command that runs. It is the first process of its pid namespace: killing it kills all. */
export interface StartedCommand {
  readonly child: ChildProcess;
  readonly stdout: Socket;
  readonly stderr: Socket;
}

export interface LaunchRequest {
  /** At least one: the name of the program first. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Absolute, inside the root. */
  readonly program: string;
  readonly calls: readonly Syscall[];
  /** Owner of the output pipes, so that the command may open `/dev/stdout`. */
  readonly owner: { readonly uid: number; readonly gid: number };
}

/** Starts commands through the launcher, which stays open as a file in memory. */
export class Launcher {
  readonly #architecture: Architecture;
  readonly #executable: number;
  readonly #ownPidNamespace = openSync('/proc/thread-self/ns/pid', 'r');
  readonly #newPidNamespace: boolean;

  constructor(architecture: Architecture, { newPidNamespace }: { readonly newPidNamespace: boolean }) {
    this.#architecture = architecture;
    this.#newPidNamespace = newPidNamespace;
    this.#executable = loadLauncher(architecture);
  }

  /** Returns when the command has been started, or which call on the way there failed. */
  start({ args, env, program, calls, owner }: LaunchRequest): StartedCommand | LaunchFailure {
    const order = createPipe();
    const report = createPipe();
    const [stdout, stderr] = [createPipe(), createPipe()];
    for (const { write } of [stdout, stderr]) fchownSync(write, owner.uid, owner.gid);
    writeSync(order.write, encodeProgram(this.#architecture, calls, program));
    closeSync(order.write);
    const [name = '', ...rest] = args;
    const child = this.#inNewPidNamespace(() =>
      spawn(`/proc/self/fd/${this.#executable}`, rest, {
        argv0: name,
        env,
        detached: true,
        stdio: ['ignore', stdout.write, stderr.write, order.read, report.write],
      }),
    );
    for (const fd of [stdout.write, stderr.write, order.read, report.write]) closeSync(fd);
    const failure = readReport(report.read);
    if (failure === undefined) return { child, stdout: readerOf(stdout.read), stderr: readerOf(stderr.read) };
    for (const fd of [stdout.read, stderr.read]) closeSync(fd);
    child.on('error', () => undefined);
    return failure;
  }

  /** Only the thread that calls is switched, and only for what it starts; nothing else runs in between. */
  #inNewPidNamespace<T>(start: () => T): T {
    if (!this.#newPidNamespace) return start();
    unshare(CLONE_NEWPID);
    try {
      return start();
    } finally {
      setNamespace(this.#ownPidNamespace, CLONE_NEWPID);
    }
  }
}

/** A file in memory, so no mount option can forbid to run it; open for reading only, or it would be busy. */
function loadLauncher(architecture: Architecture): number {
  const writable = createMemoryFile('tsbuild-launcher');
  writeSync(writable, launcherExecutable(architecture));
  fchmodSync(writable, 0o755);
  const executable = openSync(`/proc/self/fd/${writable}`, 'r');
  closeSync(writable);
  return executable;
}

/** Waits until the command was started, at most a few milliseconds: the pipe closes then. */
function readReport(fd: number): LaunchFailure | undefined {
  const report = Buffer.alloc(16);
  const length = readSync(fd, report);
  closeSync(fd);
  return decodeReport(report.subarray(0, length));
}

function readerOf(fd: number): Socket {
  return new Socket({ fd, readable: true, writable: false });
}
