import { inspect } from 'node:util';
import { type ExecError, exitStatusOf, fromSystemError, isTsbuildError, type TsbuildError } from '@tsbuild/core';
import { codeFrame } from './code-frame.ts';
import { visible } from './visible.ts';

/** What the user reads of an error, and the exit status that goes with it. */
export interface Explanation {
  readonly text: string;
  readonly exitCode: number;
}

/** Turns any error into text. `signal` tells a cancelled build from a failed one; a stack is shown with `isDebug`. */
export function explain(thrown: unknown, signal: AbortSignal, { isDebug }: { readonly isDebug: boolean }): Explanation {
  const error = signal.aborted ? signal.reason : fromSystemError(thrown, 'working');
  const stack = isDebug ? `${inspect(thrown, { depth: 4 })}\n` : '';
  if (!isTsbuildError(error)) return { text: `${stack}${unexpected(error)}`, exitCode: 1 };
  return { text: `${stack}${expected(error)}`, exitCode: exitStatusOf(error.code) };
}

function expected(error: TsbuildError): string {
  const frame = error.range === undefined || error.source === undefined ? '' : codeFrame(error.source, error.range);
  const hint = error.hint === undefined ? '' : `hint: ${visible(error.hint)}\n`;
  return `${lastOutput(error)}${frame}error: ${visible(error.message)} (${error.code})\n${hint}`;
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
  return `error: ${visible(message)}\nhint: this is a bug of tsbuild; please report it with the stack that TSBUILD_DEBUG=1 shows\n`;
}
