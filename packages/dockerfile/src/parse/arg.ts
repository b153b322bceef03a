import { syntaxError } from '../errors.ts';
import type { ArgDeclaration, ArgInstruction } from '../instructions.ts';
import { splitWords } from '../read/words.ts';
import { descriptionOf } from './description.ts';
import { atLeastOne, type InstructionLine } from './instruction-line.ts';

/** Flags before the names are ignored, as BuildKit does. */
export function parseArg({ base, rest, escape: escapeChar }: InstructionLine): ArgInstruction {
  const words = splitWords(rest, escapeChar);
  if (words.length === 0) throw atLeastOne('ARG');
  return { kind: 'ARG', args: words.map((word) => toDeclaration(word, base.comments)), ...base };
}

function toDeclaration(word: string, comments: readonly string[]): ArgDeclaration {
  const equals = word.indexOf('=');
  if (equals === 0) throw syntaxError('ARG names can not be blank');
  const name = equals === -1 ? word : word.slice(0, equals);
  const comment = descriptionOf(name, comments);
  return {
    name,
    ...(equals !== -1 && { defaultValue: word.slice(equals + 1) }),
    ...(comment !== undefined && { comment }),
  };
}
