import { closeSync, fchmodSync, openSync, readSync, writeSync } from 'node:fs';
import { constants } from 'node:os';
import { TsbuildError } from '@tsbuild/core';
import type { Architecture } from '../launch/architecture.ts';
import { launcherExecutable } from '../launch/launcher.ts';
import {
  decodeReport,
  encodeProgram,
  type LaunchFailure,
  type LaunchReport,
  REPORT_BYTES,
  type Syscall,
} from '../launch/program.ts';
import { CLONE_NEWPID } from '../linux/flags.ts';
import { createMemoryFile, createPipe, errnoName, setNamespace, unshare } from '../linux/libc.ts';
import { Child } from './child.ts';

export interface LaunchRequest {
  /** The name of the program first. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Absolute, inside the root. */
  readonly program: string;
  /** What comes before its start. */
  readonly calls: readonly Syscall[];
  readonly stdio: readonly [stdin: number | 'ignore', stdout: number, stderr: number];
  /** Whether the program is the first process of a new pid namespace. */
  readonly newPidNamespace: boolean;
}

/** A launcher that runs, or has become its program. */
interface Launched {
  readonly child: Child;
  readonly report: LaunchReport;
  /** Ends what it reads its program from. */
  readonly release: () => void;
}

/** Starts programs through the launcher, which stays open as a file in memory. */
export class Launcher {
  readonly #architecture: Architecture;
  readonly #executable: number;
  readonly #nothing = openSync('/dev/null', 'r');
  readonly #ownPidNamespace = openSync('/proc/thread-self/ns/pid', 'r');

  constructor(architecture: Architecture) {
    this.#architecture = architecture;
    this.#executable = loadLauncher(architecture);
  }

  /** Starts a program. Returns when it runs, or says which call on the way there failed. */
  start(request: LaunchRequest): Child | LaunchFailure {
    const launched = this.#launch(request);
    if ('errno' in launched) return launched;
    launched.release();
    return launched.report.failure ?? launched.child;
  }

  /** Starts a program with `sessionCalls`. What leads the session stays until `release` is called. */
  startInSession(request: LaunchRequest): { readonly child: Child; readonly release: () => void } | LaunchFailure {
    const launched = this.#launch(request);
    if ('errno' in launched) return launched;
    const { report, release } = launched;
    const child = report.pid === undefined ? undefined : Child.adopt(report.pid);
    if (report.failure === undefined && child !== undefined) return { child, release };
    release();
    if (report.failure !== undefined) return report.failure;
    throw new TsbuildError('ERR_TSBUILD_SANDBOX', 'the process that leads the session of a command has ended');
  }

  #launch(request: LaunchRequest): Launched | LaunchFailure {
    const program = encodeProgram(this.#architecture, request.calls, request.program);
    const [order, report] = [createPipe(), createPipe()];
    const release = () => closeSync(order.write);
    let child: ReturnType<typeof Child.start>;
    try {
      writeSync(order.write, program);
      child = this.#spawn(request, order.read, report.write);
    } finally {
      for (const fd of [order.read, report.write]) closeSync(fd);
    }
    if (child instanceof Child) return { child, report: readReport(report.read), release };
    closeSync(report.read);
    release();
    if (child.errno === constants.errno.E2BIG) return { index: request.calls.length, errno: child.errno };
    throw new TsbuildError('ERR_TSBUILD_SANDBOX', `the system starts no more processes: ${errnoName(child.errno)}`);
  }

  #spawn(request: LaunchRequest, order: number, report: number): ReturnType<typeof Child.start> {
    const [stdin, stdout, stderr] = request.stdio;
    const { args } = request;
    const env = Object.entries(request.env).map(([name, value]) => `${name}=${value}`);
    if ([...args, ...env].some((text) => text.includes('\0'))) {
      throw new TsbuildError('ERR_TSBUILD_SANDBOX', 'an argument or a variable of the command contains a NUL');
    }
    const descriptors = [stdin === 'ignore' ? this.#nothing : stdin, stdout, stderr, order, report];
    const start = () => Child.start({ path: `/proc/self/fd/${this.#executable}`, args, env, descriptors });
    return request.newPidNamespace ? this.#inNewPidNamespace(start) : start();
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
function readReport(fd: number): LaunchReport {
  const parts: Buffer[] = [];
  for (;;) {
    const part = Buffer.alloc(REPORT_BYTES);
    const length = readSync(fd, part);
    if (length === 0) break;
    parts.push(part.subarray(0, length));
  }
  closeSync(fd);
  return decodeReport(Buffer.concat(parts));
}
