import { inspect } from 'node:util';
import { type ExecError, exitStatusOf, fromSystemError, isTsbuildError, type TsbuildError } from '@tsbuild/core';
import { codeFrame } from '../code-frame.ts';
import { paint } from '../progress/style.ts';
import { visible } from '../visible.ts';

/** What the user reads of an error, and the exit status that goes with it. */
export interface Explanation {
  readonly text: string;
  readonly exitCode: number;
}

export interface ExplainOptions {
  /** Show the stack, too. */
  readonly isDebug: boolean;
  /** @default false */
  readonly hasColor?: boolean;
}

/** Turns any error into text. `signal` tells a cancelled build from a failed one. */
export function explain(
  thrown: unknown,
  signal: AbortSignal,
  { isDebug, hasColor = false }: ExplainOptions,
): Explanation {
  const error = signal.aborted ? signal.reason : fromSystemError(thrown, 'working');
  const stack = isDebug ? `${inspect(thrown, { depth: 4 })}\n` : '';
  const head = `${paint('error:', 'red', hasColor)} `;
  if (!isTsbuildError(error)) return { text: `${stack}${head}${unexpected(error)}`, exitCode: 1 };
  return { text: `${stack}${place(error)}${head}${expected(error)}`, exitCode: exitStatusOf(error.code) };
}

/** Where the error is: the end of a command's output, and the lines of the Dockerfile. An interruption has no place. */
function place(error: TsbuildError): string {
  const { range, source } = error;
  if (error.code === 'ERR_TSBUILD_INTERRUPTED') return '';
  return `${lastOutput(error)}${range === undefined || source === undefined ? '' : codeFrame(source, range)}`;
}

function expected({ message, code, hint }: TsbuildError): string {
  return `${visible(message)} (${code})\n${hint === undefined ? '' : `hint: ${visible(hint)}\n`}`;
}

const MAX_OUTPUT_LINES = 20;

/** The end of what a RUN command printed, as the log that scrolled away had it. */
function lastOutput(error: TsbuildError): string {
  if (error.code !== 'ERR_TSBUILD_EXEC') return '';
  const { lastOutput: output } = error as ExecError;
  const lines = output.trimEnd().split('\n').slice(-MAX_OUTPUT_LINES);
  if (output.trim() === '') return '';
  return `end of the output:\n${lines.map((line) => ` | ${visible(line.replace(/\r$/, ''))}\n`).join('')}`;
}

function unexpected(error: unknown): string {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return `${visible(message)}\nhint: this is a bug of tsbuild; please report it with the stack that TSBUILD_DEBUG=1 shows\n`;
}
