import { withSource } from '@tsbuild/core';
import { syntaxError } from './errors.ts';
import { heredocContent } from './expand/heredoc-body.ts';
import type { RunInstruction } from './instructions.ts';
import { withBodies } from './parse/onbuild.ts';
import { parseHeredocWord } from './read/heredoc-words.ts';

/** What a RUN starts, before SHELL is put in front. */
export interface RunProgram {
  /** Arguments; with `usesShell` they follow those of SHELL. */
  readonly args: readonly string[];
  readonly usesShell: boolean;
  /** A file that has to be at `path` while it runs, mode 0755, read-only and not part of the image. */
  readonly script?: { readonly path: string; readonly name: string; readonly content: string };
}

const SCRIPTS = '/dev/pipes/';

/**
 * The program of a RUN. A RUN that is only a here-document passes its body as one argument, or, when that begins with
 * `#!`, the path of a script; any other here-documents are left to the shell.
 * @throws {DockerfileError} for `RUN []`.
 */
export function runProgram({ command, heredocs, range }: RunInstruction): RunProgram {
  if (command.form === 'exec') {
    if (command.args.length === 0)
      throw withSource(syntaxError('RUN requires at least one argument'), range, undefined);
    return { args: command.args, usesShell: false };
  }
  const [first] = heredocs;
  if (first === undefined) return { args: [command.text], usesShell: true };
  if (parseHeredocWord(command.text) === undefined)
    return { args: [withBodies(command.text, heredocs)], usesShell: true };
  const content = heredocContent(first);
  if (!content.startsWith('#!')) return { args: [content], usesShell: true };
  const path = `${SCRIPTS}${first.name}`;
  return { args: [path], usesShell: true, script: { path, name: first.name, content } };
}
