import type { Readable } from 'node:stream';
import type { Flag } from './flags/flag.ts';
import type { FlagValues } from './flags/parse-flags.ts';

/** A stream of the process: what is written, and whether a person sits at the other end. */
export type OutputStream = NodeJS.WritableStream & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  /** What was written is more than its reader takes in. */
  readonly writableNeedDrain?: boolean;
};

/** Where a process reads from: a terminal, or anything else. */
export type InputStream = Readable & {
  readonly isTTY?: boolean;
  /** Of a terminal: keys come as they are, none is a signal. */
  setRawMode?(isRaw: boolean): unknown;
};

/** What a command sees of the process that it runs in. */
export interface Surroundings {
  /** Opened when it is first looked at, which most commands never do. */
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Working directory. */
  readonly cwd: string;
  /** Hands signals to `handler`, instead of ending the process with them, until disposed. Absent where none come. */
  readonly divertSignals?: (handler: (name: NodeJS.Signals) => void) => Disposable;
}

export interface CommandInput<Name extends string> {
  readonly values: FlagValues<Name>;
  readonly positionals: readonly string[];
  readonly surroundings: Surroundings;
  readonly signal: AbortSignal;
}

/** What a command found out; printing it is the caller's work. */
export interface CommandResult {
  readonly exitCode: number;
  readonly stdout?: string;
  /** What went wrong, where `exitCode` says something else than the error does. */
  readonly failure?: unknown;
}

export interface Command<Name extends string = string> {
  /** Arguments as the help shows them, e.g. `[OPTIONS] PATH`. */
  readonly usage: string;
  readonly summary: string;
  readonly flags: readonly (Flag & { readonly name: Name })[];
  /** Whatever follows the first argument belongs to it, be it written like a flag. @default false */
  readonly flagsComeFirst?: boolean;
  /** Exit status of every failure of ours, where others are those of a command that is run. */
  readonly failureStatus?: number;
  run(input: CommandInput<Name>): Promise<CommandResult>;
}
