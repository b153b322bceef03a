import { type SourceText, withSource } from '@tsbuild/core';
import type { Dockerfile, Stage } from '../ast.ts';
import { dockerfileError, syntaxError } from '../errors.ts';
import type { ArgInstruction, FromInstruction, Instruction, StageInstruction } from '../instructions.ts';
import { StatementReader } from '../read/statement.ts';
import { descriptionOf } from './description.ts';
import { parseInstruction } from './instruction.ts';

/** What a Dockerfile is called in messages. */
export interface ParseOptions {
  /** Name of the file for messages. @default 'Dockerfile' */
  readonly name?: string;
}

/**
 * Reads a Dockerfile as BuildKit does. Stages that no target needs are read, too; nothing is expanded.
 * @throws {DockerfileError} with the place, for the first line that is wrong.
 * @example
 * const { stages } = parseDockerfile('FROM node:22 AS build\nRUN npm ci\n');
 * stages[0]?.name; // 'build'
 */
export function parseDockerfile(text: string, options: ParseOptions = {}): Dockerfile {
  const source: SourceText = { name: options.name ?? 'Dockerfile', text };
  const reader = new StatementReader(text);
  const contents = new Contents();
  readInstructions(reader, source, contents);
  const directives = atLine(source, 1, () => reader.finishDirectives());
  const [first, ...more] = contents.finish();
  if (first === undefined) throw atEnd(source, reader.line, contents.globalArgs.length > 0);
  return {
    source,
    directives,
    globalArgs: contents.globalArgs,
    stages: [first, ...more],
    emptyContinuations: contents.emptyContinuations,
  };
}

function readInstructions(reader: StatementReader, source: SourceText, contents: Contents): void {
  let previous: Instruction | undefined;
  for (;;) {
    const statement = atLine(source, reader.line + 1, () => reader.next(), reader);
    if (statement === undefined) return;
    try {
      if (statement.hasEmptyContinuation) contents.emptyContinuations.push(statement.range.end.line);
      previous = parseInstruction(statement, reader, previous);
      contents.add(previous);
    } catch (error) {
      const end = { line: reader.line, column: 0 };
      const range = end.line > statement.range.end.line ? { start: statement.range.start, end } : statement.range;
      throw withSource(error, range, source);
    }
  }
}

/** Sorts instructions into stages. */
class Contents {
  readonly globalArgs: ArgInstruction[] = [];
  readonly emptyContinuations: number[] = [];
  readonly #stages: Stage[] = [];
  #from: FromInstruction | undefined;
  #instructions: StageInstruction[] = [];

  /** @throws {DockerfileError} for an instruction that needs a stage and has none. */
  add(instruction: Instruction): void {
    if (instruction.kind === 'FROM') {
      this.#endStage();
      this.#from = instruction;
    } else if (this.#from !== undefined) this.#instructions.push(instruction);
    else if (instruction.kind === 'ARG') this.globalArgs.push(instruction);
    else throw syntaxError('no build stage in current context', 'only ARG may stand before the first FROM');
  }

  finish(): Stage[] {
    this.#endStage();
    return this.#stages;
  }

  #endStage(): void {
    if (this.#from === undefined) return;
    this.#stages.push(toStage(this.#stages.length, this.#from, this.#instructions));
    this.#from = undefined;
    this.#instructions = [];
  }
}

function toStage(index: number, from: FromInstruction, instructions: readonly StageInstruction[]): Stage {
  const { stageName: name, stageNameAsWritten: nameAsWritten } = from;
  const comment = name === undefined ? undefined : descriptionOf(name, from.comments);
  const end = instructions.at(-1)?.range.end ?? from.range.end;
  return {
    index,
    ...(name !== undefined && { name }),
    ...(nameAsWritten !== undefined && { nameAsWritten }),
    from,
    instructions,
    range: { start: from.range.start, end },
    ...(comment !== undefined && { comment }),
  };
}

function atLine<T>(source: SourceText, line: number, read: () => T, reader?: StatementReader): T {
  try {
    return read();
  } catch (error) {
    const at = { line: reader?.line ?? line, column: 0 };
    throw withSource(error, { start: at, end: at }, source);
  }
}

function atEnd(source: SourceText, line: number, hasArgs: boolean) {
  const message = hasArgs ? 'dockerfile contains no stages to build' : 'file with no instructions';
  const at = { line: Math.max(line, 1), column: 0 };
  const error = dockerfileError('ERR_TSBUILD_DOCKERFILE_SYNTAX', message, 'a Dockerfile begins with FROM');
  return withSource(error, { start: at, end: at }, source);
}
