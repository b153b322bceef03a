import type { Readable } from 'node:stream';
import type { Flag } from './flags/flag.ts';
import type { FlagValues } from './flags/parse-flags.ts';

/** A stream of the process: what is written, and whether a person sits at the other end. */
export type OutputStream = NodeJS.WritableStream & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};

/** What a command sees of the process that it runs in. */
export interface Surroundings {
  readonly stdin: Readable;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Working directory. */
  readonly cwd: string;
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
}

export interface Command<Name extends string = string> {
  /** Arguments as the help shows them, e.g. `[OPTIONS] PATH`. */
  readonly usage: string;
  readonly summary: string;
  readonly flags: readonly (Flag & { readonly name: Name })[];
  run(input: CommandInput<Name>): Promise<CommandResult>;
}
