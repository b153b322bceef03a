import type { EscapeChar } from '../ast.ts';
import { syntaxError } from '../errors.ts';
import type { Heredoc } from '../heredoc.ts';
import type { InstructionBase } from '../instructions.ts';

/** What the parser of an instruction starts from. */
export interface InstructionLine {
  /** To be spread last: with more properties after it, V8 makes slow objects of the result (9 times slower at 5 MB). */
  readonly base: InstructionBase;
  /** The statement with its keyword. */
  readonly text: string;
  readonly flags: readonly string[];
  /** The arguments, trimmed. */
  readonly rest: string;
  /** The arguments when they are `["a", "b"]` and the instruction has that form. */
  readonly json: readonly string[] | undefined;
  readonly heredocs: readonly Heredoc[];
  readonly escape: EscapeChar;
}

export function atLeastOne(kind: string) {
  return syntaxError(`${kind} requires at least one argument`, `add it after ${kind}, or remove the line`);
}

/** The arguments as one, for instructions that take the rest of the line. @throws {DockerfileError} */
export function exactlyOne(kind: string, rest: string): string {
  if (rest === '')
    throw syntaxError(`${kind} requires exactly one argument`, `add it after ${kind}, or remove the line`);
  return rest;
}
