import type { SourceRange, SourceText } from '@tsbuild/core';
import { visible } from './visible.ts';

const AROUND = 2;
const MAX_MARKED_LINES = 12;
const MAX_LINE_LENGTH = 200;

/** The lines of `range` marked with `>>`, and those around them. */
export function codeFrame({ name, text }: SourceText, range: SourceRange): string {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  const first = Math.max(1, Math.min(range.start.line, lines.length));
  const end = Math.max(first, Math.min(lastLine(range), lines.length));
  const cut = Math.min(end, first + MAX_MARKED_LINES - 1);
  const last = cut < end ? cut : Math.min(end + AROUND, lines.length);
  const width = Math.max(2, String(last).length);
  const shown = numbers(Math.max(1, first - AROUND), last).map((number) => {
    const marker = number >= first && number <= end ? '>>' : '  ';
    return `${marker}${String(number).padStart(width)} | ${shorten(lines[number - 1] ?? '')}`.trimEnd();
  });
  const more = cut < end ? [`>>${'…'.padStart(width)} | (${end - cut} more lines)`] : [];
  return `${visible(name)}:${range.start.line}\n${[...shown, ...more].join('\n')}\n`;
}

/** A range that ends at the start of a line does not include that line. */
function lastLine({ start, end }: SourceRange): number {
  return end.column === 0 && end.line > start.line ? end.line - 1 : end.line;
}

function numbers(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

function shorten(line: string): string {
  const text = visible(line);
  return text.length > MAX_LINE_LENGTH ? `${text.slice(0, MAX_LINE_LENGTH - 1)}…` : text;
}
