import { quote, syntaxError } from '../errors.ts';
import type { EnvInstruction, LabelInstruction, NamedValue } from '../instructions.ts';
import { cutAtBlank } from '../read/space.ts';
import { splitWords } from '../read/words.ts';
import { parseFlags } from './flags.ts';
import { atLeastOne, type InstructionLine } from './instruction-line.ts';

export function parseEnv(line: InstructionLine): EnvInstruction {
  return { kind: 'ENV', pairs: parsePairs('ENV', line), ...line.base };
}

export function parseLabel(line: InstructionLine): LabelInstruction {
  return { kind: 'LABEL', pairs: parsePairs('LABEL', line), ...line.base };
}

/** `key=value …`, or the old `key value` when the first word has no equals sign. */
function parsePairs(kind: string, line: InstructionLine): NamedValue[] {
  const { flags, rest } = line;
  const words = splitWords(rest, line.escape);
  const [first] = words;
  const pairs = first?.includes('=') === false ? [oldPair(kind, rest)] : words.map((word) => newPair(word));
  parseFlags(flags, {});
  if (pairs.length === 0) throw atLeastOne(kind);
  if (pairs.some(({ key }) => key === '')) throw syntaxError(`${kind} names can not be blank`);
  return pairs;
}

function oldPair(kind: string, rest: string): NamedValue {
  const [key, value] = cutAtBlank(rest);
  if (value === undefined) throw syntaxError(`${kind} must have two arguments`, `expected ${kind} name=value`);
  return { key, value, legacy: true };
}

function newPair(word: string): NamedValue {
  const equals = word.indexOf('=');
  if (equals === -1) {
    throw syntaxError(
      `can't find = in ${quote(word)}: must be of the form name=value`,
      word === '#' ? 'a comment cannot stand at the end of an instruction' : 'put a value with spaces in quotes',
    );
  }
  return { key: word.slice(0, equals), value: word.slice(equals + 1), legacy: false };
}
