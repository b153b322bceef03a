import type { ProcessSpec, TerminalSize } from '@tsbuild/core';
import type { CommandCgroup } from './cgroup/command-cgroup.ts';
import type { CommandStreams } from './stdio.ts';
import type { User } from './user.ts';

/** A command whose root is mounted and whose every question is answered. */
export interface Command {
  readonly spec: ProcessSpec;
  /** Complete. */
  readonly env: Readonly<Record<string, string>>;
  /** Absolute, inside the root, and there. */
  readonly program: string;
  readonly cwd: string;
  readonly user: User;
  /** Where the root is. */
  readonly root: string;
  readonly hasInput: boolean;
  /** Its stderr is its stdout. */
  readonly hasOneOutput: boolean;
  /** The size of the terminal that it gets. */
  readonly terminal?: TerminalSize | undefined;
  /** Where the command is limited, if it is. */
  readonly cgroup?: CommandCgroup | undefined;
}

/** A command that runs. */
export interface StartedCommand {
  readonly streams: CommandStreams;
  /** Exit status, 128 + n when signal n ended it. */
  readonly ended: Promise<number>;
  /** Ends it and everything it started. */
  kill(): void;
  /** For its first process. */
  signal(signal: number): void;
  resize(size: TerminalSize): void;
}

/** A command that could not be started, as a shell would report it. */
export interface FailedCommand {
  readonly exitCode: 126 | 127;
  readonly message: string;
  /** Of the system call that should have started it. */
  readonly code: string;
}

/** Starts commands in mounted roots. */
export interface Runner {
  /** It makes a cgroup for each command itself. */
  readonly makesCgroups: boolean;
  /** @throws {TsbuildError} when it is not the command's fault */
  start(command: Command): StartedCommand | FailedCommand;
}
