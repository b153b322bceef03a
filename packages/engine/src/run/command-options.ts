import type { ResourceLimits, RunningCommand, TerminalSize } from '@tsbuild/core';

/** How a command is run in a root file system, and who listens. */
export interface CommandOptions {
  /** Variables added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** `name`, `uid`, `name:group`, … as in USER. @default that of the image or step */
  readonly user?: string;
  /** Absolute path; made when it does not exist. @default that of the image or step */
  readonly cwd?: string;
  /** What the command reads, taken no faster than it does. @default nothing */
  readonly stdin?: string | Uint8Array | AsyncIterable<Uint8Array>;
  /** Gives the command a terminal of this size: `stdin` is what is typed, and all output comes as `stdout`. */
  readonly terminal?: TerminalSize;
  /** Called once when the command runs, with the means to send it signals. */
  readonly onStart?: (command: RunningCommand) => void;
  /** Takes the output as it comes, in any bytes; the command waits for a returned promise. Then none is collected. */
  readonly onOutput?: (stream: 'stdout' | 'stderr', bytes: Uint8Array) => Promise<void> | void;
  /** Most bytes that are collected of each stream; a command that prints more is ended. @default 64 MiB */
  readonly maxOutputBytes?: number;
  /** Ends the command with everything it started. */
  readonly signal?: AbortSignal;
  /** Milliseconds after which the command is ended; its status is then 137. */
  readonly timeoutMs?: number;
}

/** What came of a command. */
export interface CommandResult {
  /** Exit status, 128 + n when signal n ended the command; 127 when it does not exist, 126 when it cannot be started. */
  readonly exitCode: number;
  /** What it printed, as UTF-8; empty where `onOutput` took it. */
  readonly stdout: string;
  readonly stderr: string;
}

/** What is mounted for a command besides its root. */
export type CommandMount =
  /** A folder or file of this machine, which must exist. Writes go there unless it is `readOnly`. */
  | { readonly type: 'bind'; readonly source: string; readonly target: string; readonly readOnly?: boolean }
  /** An empty folder in memory. */
  | { readonly type: 'tmpfs'; readonly target: string; readonly sizeBytes?: number };

/** How a command is run in an image. The names are those of `docker run`. */
export interface RunOptions extends CommandOptions {
  /** Instead of the image's ENTRYPOINT and CMD (`--entrypoint`); an empty list takes both away. */
  readonly entrypoint?: readonly string[];
  /** The machine's network, or none (`--network`). @default 'host' */
  readonly network?: 'host' | 'none';
  /** `--mount`, `--volume` and `--tmpfs`. */
  readonly mounts?: readonly CommandMount[];
  /** Lines for /etc/hosts: name → address (`--add-host`). */
  readonly addHosts?: Readonly<Record<string, string>>;
  /** @default 'tsbuild' */
  readonly hostname?: string;
  /** The root cannot be written to (`--read-only`). @default false */
  readonly readOnly?: boolean;
  /** Bytes of /dev/shm (`--shm-size`). @default 64 MiB */
  readonly shmSize?: number;
  /** Limits by name (`--ulimit`); -1 is unlimited. */
  readonly ulimits?: Readonly<Record<string, { readonly soft: number; readonly hard: number }>>;
  /** Limits of memory, processors and processes (`--memory`, `--pids-limit`, …); the host has to allow them. */
  readonly resources?: ResourceLimits;
}

/** {@link RunOptions}, and where the image comes from. */
export interface RunImageOptions extends RunOptions {
  /** Whether the registry is asked: for what the store lacks, always, or never (`--pull`). @default 'missing' */
  readonly pull?: 'missing' | 'always' | 'never';
  /** `os/arch[/variant]` (`--platform`). @default this machine's, on Linux */
  readonly platform?: string;
  /** Called with the image's full name before the registry is asked for it. */
  readonly onPull?: (name: string) => void;
}
