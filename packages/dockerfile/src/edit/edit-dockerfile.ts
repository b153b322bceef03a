import { type SourceRange, UsageError } from '@tsbuild/core';
import type { Dockerfile } from '../ast.ts';
import type { Instruction } from '../instructions.ts';
import { parseDockerfile } from '../parse/dockerfile.ts';
import { lineStarts } from './line-starts.ts';
import { walkInstructions } from './walk.ts';

/** One change; the instructions that it names are those of the Dockerfile that is edited. */
export type DockerfileEdit =
  | { readonly replace: Instruction; readonly with: string }
  | { readonly remove: Instruction }
  | { readonly insert: string; readonly before: Instruction }
  | { readonly insert: string; readonly after: Instruction };

/** The text of a Dockerfile: byte for byte what was parsed. */
export function printDockerfile(dockerfile: Dockerfile): string {
  return dockerfile.source.text;
}

/**
 * Changes whole instructions and leaves everything else as it is: comments, blank lines, continuations, line ends. New
 * text may hold several lines; its line ends become those of the file.
 * @throws {DockerfileError} when the result is no Dockerfile.
 * @throws {UsageError} when an edit names an instruction of another Dockerfile, or two edits change one instruction.
 * @example
 * const [stage] = dockerfile.stages;
 * editDockerfile(dockerfile, [{ replace: stage.from, with: 'FROM node:24 AS build' }]);
 */
export function editDockerfile(dockerfile: Dockerfile, edits: readonly DockerfileEdit[]): Dockerfile {
  const { text, name } = dockerfile.source;
  const known = new Set([...walkInstructions(dockerfile)].map(({ instruction }) => instruction));
  const toSplice = splicer(text);
  const splices = edits.map((edit) => toSplice(edit, known));
  return parseDockerfile(applySplices(text, splices), { name });
}

interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function splicer(text: string): (edit: DockerfileEdit, known: ReadonlySet<Instruction>) => Splice {
  const starts = lineStarts(text);
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const startOf = ({ start }: SourceRange) => starts[start.line - 1] ?? text.length;
  const endOf = ({ end }: SourceRange) => starts[end.line] ?? text.length;
  const toLines = (lines: string) => lines.replace(/\r?\n$/, '').replaceAll(/\r?\n/g, newline);
  return (edit, known) => {
    const target = targetOf(edit);
    if (!known.has(target)) throw new UsageError('an edit names an instruction that is not of this Dockerfile');
    const [start, end] = [startOf(target.range), endOf(target.range)];
    const isLast = !text.slice(start, end).endsWith('\n');
    if ('replace' in edit) return { start, end, text: toLines(edit.with) + (isLast ? '' : newline) };
    if ('remove' in edit) return { start, end, text: '' };
    if ('before' in edit) return { start, end: start, text: toLines(edit.insert) + newline };
    return { start: end, end, text: isLast ? newline + toLines(edit.insert) : toLines(edit.insert) + newline };
  };
}

function targetOf(edit: DockerfileEdit): Instruction {
  if ('replace' in edit) return edit.replace;
  if ('remove' in edit) return edit.remove;
  return 'before' in edit ? edit.before : edit.after;
}

function applySplices(text: string, splices: readonly Splice[]): string {
  const parts: string[] = [];
  let copied = 0;
  for (const splice of splices.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    if (splice.start < copied) throw new UsageError('two edits change the same instruction');
    parts.push(text.slice(copied, splice.start), splice.text);
    copied = splice.end;
  }
  return parts.join('') + text.slice(copied);
}
