import type { ExecRequest, ExecResult } from '@tsbuild/core';
import { CollectedOutput } from './collected-output.ts';
import type { CommandOptions, CommandResult } from './command-options.ts';

/** The part of a request to the sandbox that says how a command is talked to. */
type Talk = Pick<ExecRequest, 'stdin' | 'terminal' | 'onStart' | 'onOutput' | 'signal' | 'timeoutMs'>;

/** Runs a command by `run` and gives back what it printed. */
export async function runCommand(
  { stdin, terminal, onStart, onOutput, signal, timeoutMs, maxOutputBytes }: CommandOptions,
  run: (talk: Talk) => Promise<ExecResult>,
): Promise<CommandResult> {
  const collected = new CollectedOutput(maxOutputBytes === undefined ? {} : { maxOutputBytes });
  const { exitCode } = await run({
    ...(stdin === undefined ? {} : { stdin: bytesOf(stdin) }),
    terminal,
    onStart,
    onOutput: onOutput ?? ((stream, bytes) => collected.take(stream, bytes)),
    signal,
    timeoutMs,
  });
  return { exitCode, stdout: collected.text('stdout'), stderr: collected.text('stderr') };
}

async function* bytesOf(stdin: NonNullable<CommandOptions['stdin']>): AsyncGenerator<Uint8Array> {
  if (typeof stdin === 'string') yield Buffer.from(stdin, 'utf8');
  else if (stdin instanceof Uint8Array) yield stdin;
  else yield* stdin;
}
