import type { EscapeChar } from '../ast.ts';
import type { Instruction, InstructionKind } from '../instructions.ts';
import { type CommandLine, splitCommandLine } from '../read/command-line.ts';
import { findHeredocWords } from '../read/heredoc-words.ts';
import { parseJsonForm } from '../read/json-form.ts';
import { trimSpace } from '../read/space.ts';
import type { Statement, StatementReader } from '../read/statement.ts';
import { parseArg } from './arg.ts';
import { parseCmd, parseEntrypoint, parseShell } from './commands.ts';
import { parseAdd, parseCopy } from './copy.ts';
import { parseFrom } from './from.ts';
import { parseHealthcheck } from './healthcheck.ts';
import type { InstructionLine } from './instruction-line.ts';
import { parseOnbuild } from './onbuild.ts';
import { parseEnv, parseLabel } from './pairs.ts';
import { parseRun } from './run.ts';
import { parseExpose, parseMaintainer, parseStopsignal, parseUser, parseVolume, parseWorkdir } from './simple.ts';
import { unknownInstruction } from './unknown-instruction.ts';

const PARSERS: Readonly<Record<InstructionKind, (line: InstructionLine) => Instruction>> = {
  ADD: parseAdd,
  ARG: parseArg,
  CMD: parseCmd,
  COPY: parseCopy,
  ENTRYPOINT: parseEntrypoint,
  ENV: parseEnv,
  EXPOSE: parseExpose,
  FROM: parseFrom,
  HEALTHCHECK: parseHealthcheck,
  LABEL: parseLabel,
  MAINTAINER: parseMaintainer,
  ONBUILD: parseOnbuild,
  RUN: parseRun,
  SHELL: parseShell,
  STOPSIGNAL: parseStopsignal,
  USER: parseUser,
  VOLUME: parseVolume,
  WORKDIR: parseWorkdir,
};

const WITH_JSON_FORM = new Set(['ADD', 'CMD', 'COPY', 'ENTRYPOINT', 'RUN', 'SHELL', 'VOLUME']);
const WITH_HEREDOCS = new Set(['ADD', 'COPY', 'RUN']);

function isKind(text: string): text is InstructionKind {
  return Object.hasOwn(PARSERS, text);
}

/**
 * Turns a statement into an instruction and reads the here-documents that follow it.
 * @throws {DockerfileError} without a place.
 */
export function parseInstruction(statement: Statement, reader: StatementReader, previous?: Instruction): Instruction {
  const command = splitCommandLine(statement.text, reader.escape);
  const kind = command.keyword.toUpperCase();
  if (!isKind(kind)) throw unknownInstruction(command.keyword, Object.keys(PARSERS), previous);
  const json = WITH_JSON_FORM.has(kind) ? parseJsonForm(command.rest) : undefined;
  const words = hasHeredocs(kind, command, json, reader.escape) ? findHeredocWords(statement.text) : [];
  const { heredocs, range } = reader.readHeredocs(words, statement);
  const base = {
    range,
    original: trimSpace(statement.text),
    keyword: command.keyword,
    comments: statement.comments,
  };
  const { flags, rest } = command;
  return PARSERS[kind]({ base, text: statement.text, flags, rest, json, heredocs, escape: reader.escape });
}

function hasHeredocs(
  kind: string,
  command: CommandLine,
  json: readonly string[] | undefined,
  escapeChar: EscapeChar,
): boolean {
  if (kind !== 'ONBUILD') return WITH_HEREDOCS.has(kind) && json === undefined;
  const trigger = splitCommandLine(command.rest, escapeChar);
  return WITH_HEREDOCS.has(trigger.keyword.toUpperCase()) && parseJsonForm(trigger.rest) === undefined;
}
