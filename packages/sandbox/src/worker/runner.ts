import type { Socket } from 'node:net';
import type { ProcessSpec } from '@tsbuild/core';
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
}

/** A command that runs. */
export interface StartedCommand {
  readonly stdout: Socket;
  readonly stderr: Socket;
  /** Exit status, 128 + n when signal n ended it. */
  readonly ended: Promise<number>;
  /** Ends it and everything it started. */
  kill(): void;
}

/** A command that could not be started, as a shell would report it. */
export interface FailedCommand {
  readonly exitCode: 126 | 127;
  readonly message: string;
}

/** Starts commands in mounted roots. */
export interface Runner {
  /** @throws {TsbuildError} when it is not the command's fault */
  start(command: Command): StartedCommand | FailedCommand;
}
