import { quote, syntaxError } from '../errors.ts';
import type { FromInstruction } from '../instructions.ts';
import { splitAtBlanks } from '../read/space.ts';
import { parseFlags } from './flags.ts';
import type { InstructionLine } from './instruction-line.ts';

const STAGE_NAME = /^[a-z][a-z0-9-_.]*$/;

export function parseFrom({ base, flags, rest }: InstructionLine): FromInstruction {
  const [image = '', asKeyword, stageName, ...more] = splitAtBlanks(rest);
  if (image === '' || more.length > 0 || (asKeyword !== undefined && !isAs(asKeyword, stageName))) {
    throw syntaxError('FROM requires either one or three arguments', 'expected FROM <image> [AS <name>]');
  }
  const alias = toAlias(asKeyword, stageName);
  const { platform = '' } = parseFlags(flags, { platform: 'string' });
  return { kind: 'FROM', image, ...alias, ...(platform !== '' && { platform }), ...base };
}

function isAs(word: string, name: string | undefined): boolean {
  return word.toLowerCase() === 'as' && name !== undefined;
}

function toAlias(asKeyword: string | undefined, written: string | undefined) {
  if (asKeyword === undefined || written === undefined) return {};
  const stageName = written.toLowerCase();
  if (STAGE_NAME.test(stageName)) return { asKeyword, stageName, stageNameAsWritten: written };
  throw syntaxError(
    `invalid name for build stage: ${quote(written)}`,
    'a stage name begins with a letter and goes on with letters, digits, - _ and .',
  );
}
