import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fchmodSync, openSync, readSync, writeSync } from 'node:fs';
import { TsbuildError } from '@tsbuild/core';
import type { Architecture } from '../launch/architecture.ts';
import { launcherExecutable } from '../launch/launcher.ts';
import { decodeReport, encodeProgram, type LaunchFailure, type Syscall } from '../launch/program.ts';
import { CLONE_NEWPID } from '../linux/flags.ts';
import { createMemoryFile, createPipe, setNamespace, unshare } from '../linux/libc.ts';

export interface LaunchRequest {
  /** The name of the program first. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Absolute, inside the root. */
  readonly program: string;
  /** What comes before its start. */
  readonly calls: readonly Syscall[];
  readonly stdout: number;
  readonly stderr: number;
  /** Whether the program is the first process of a new pid namespace. */
  readonly newPidNamespace: boolean;
}

/** Starts programs through the launcher, which stays open as a file in memory. */
export class Launcher {
  readonly #architecture: Architecture;
  readonly #executable: number;
  readonly #ownPidNamespace = openSync('/proc/thread-self/ns/pid', 'r');

  constructor(architecture: Architecture) {
    this.#architecture = architecture;
    this.#executable = loadLauncher(architecture);
  }

  /**
   * Starts a program. Returns when it runs, or says which call on the way there failed.
   */
  start({ args, env, program, calls, stdout, stderr, newPidNamespace }: LaunchRequest): ChildProcess | LaunchFailure {
    const order = createPipe();
    const report = createPipe();
    writeSync(order.write, encodeProgram(this.#architecture, calls, program));
    closeSync(order.write);
    const [argv0 = '', ...rest] = args;
    const stdio = ['ignore', stdout, stderr, order.read, report.write] as const;
    const startHere = () =>
      spawn(`/proc/self/fd/${this.#executable}`, rest, { argv0, env, detached: true, stdio: [...stdio] });
    const child = newPidNamespace ? this.#inNewPidNamespace(startHere) : startHere();
    closeSync(order.read);
    closeSync(report.write);
    const failure = readReport(report.read);
    child.on('error', () => undefined); // told below
    if (failure !== undefined) return failure;
    if (child.pid === undefined) throw new TsbuildError('ERR_TSBUILD_SANDBOX', 'the system starts no more processes');
    return child;
  }

  /** Only the thread that calls is switched, and only for what it starts; nothing else runs in between. */
  #inNewPidNamespace<T>(start: () => T): T {
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

/** Waits until the program was started, at most a few milliseconds: the pipe closes then. */
function readReport(fd: number): LaunchFailure | undefined {
  const report = Buffer.alloc(16);
  const length = readSync(fd, report);
  closeSync(fd);
  return decodeReport(report.subarray(0, length));
}
