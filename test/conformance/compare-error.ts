import { isTsbuildError } from '@tsbuild/core';
import type { ExpectedError } from './case.ts';

/** Differences between the error of a build and what a case expects, one line each. */
export function compareError(expected: ExpectedError, anyLine: boolean, error: unknown): string[] {
  if (!isTsbuildError(error))
    return [`threw an error of another kind: ${error instanceof Error ? error.stack : error}`];
  const text = `${error.message}\n${error.hint ?? ''}`.toLowerCase();
  const missing = expected.contains.filter((words) => !text.includes(words));
  const { line, lineEnd = line } = expected;
  const got = error.range === undefined ? 'no line' : `lines ${error.range.start.line} to ${error.range.end.line}`;
  const isRightLine = error.range?.start.line === line && error.range?.end.line === lineEnd;
  return [
    ...missing.map((words) => `message lacks ${JSON.stringify(words)}: ${error.message}`),
    ...(line === undefined || anyLine || isRightLine
      ? []
      : [`line: expected lines ${line} to ${lineEnd}, got ${got}: ${error.message}`]),
  ];
}
