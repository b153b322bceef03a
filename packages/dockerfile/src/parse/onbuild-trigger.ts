import { withSource } from '@tsbuild/core';
import { quote, syntaxError } from '../errors.ts';
import type { ExpandOptions } from '../expand/expand.ts';
import type { StageInstruction } from '../instructions.ts';
import { StatementReader } from '../read/statement.ts';
import { parseInstruction } from './instruction.ts';

/**
 * Reads a trigger of ONBUILD when it triggers: one instruction, with its here-documents. The escape character is `\`
 * whatever that of the Dockerfile was, as in BuildKit.
 * @param place the FROM that triggers it: every error and the range of the result point there, if given.
 * @throws {DockerfileError}
 */
export function parseOnbuildTrigger(
  trigger: string,
  place: Pick<ExpandOptions, 'range' | 'source'> = {},
): StageInstruction {
  try {
    const reader = new StatementReader(trigger);
    const statement = reader.next();
    if (statement === undefined) throw syntaxError('onbuild trigger is empty');
    const instruction = parseInstruction(statement, reader);
    if (reader.next() !== undefined) throw syntaxError('onbuild trigger should be a single instruction');
    if (instruction.kind === 'FROM') throw syntaxError(`FROM isn't allowed as an ONBUILD trigger: ${quote(trigger)}`);
    return place.range === undefined ? instruction : { ...instruction, range: place.range };
  } catch (error) {
    throw withSource(error, place.range, place.source);
  }
}
