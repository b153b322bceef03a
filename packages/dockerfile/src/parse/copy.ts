import { syntaxError } from '../errors.ts';
import { lex } from '../expand/lexer.ts';
import type { Heredoc } from '../heredoc.ts';
import type { AddInstruction, CopyInstruction } from '../instructions.ts';
import { parseHeredocWord } from '../read/heredoc-words.ts';
import { splitAtBlanks } from '../read/space.ts';
import { parseFlags } from './flags.ts';
import type { InstructionLine } from './instruction-line.ts';

const COMMON = { chown: 'string', chmod: 'string', link: 'boolean', exclude: 'strings' } as const;
const COPY_FLAGS = { ...COMMON, from: 'string', parents: 'boolean' } as const;
const ADD_FLAGS = { ...COMMON, checksum: 'string', 'keep-git-dir': 'boolean', unpack: 'boolean' } as const;

export function parseCopy(line: InstructionLine): CopyInstruction {
  const args = readArguments('COPY', line);
  const flags = parseFlags(line.flags, COPY_FLAGS);
  return {
    kind: 'COPY',
    ...toSources('COPY', args, line),
    ...toCommon(flags),
    ...given('from', checkFrom(flags.from, line)),
    parents: flags.parents ?? false,
    ...line.base,
  };
}

export function parseAdd(line: InstructionLine): AddInstruction {
  const args = readArguments('ADD', line);
  const flags = parseFlags(line.flags, ADD_FLAGS);
  const keepGitDir = flags['keep-git-dir'];
  return {
    kind: 'ADD',
    ...toSources('ADD', args, line),
    ...toCommon(flags),
    ...given('checksum', flags.checksum),
    ...(keepGitDir !== undefined && { keepGitDir }),
    ...(flags.unpack !== undefined && { unpack: flags.unpack }),
    ...line.base,
  };
}

/** A stage has to be known before variables have values. */
function checkFrom(from: string | undefined, line: InstructionLine): string | undefined {
  const isPlain = from === undefined || lex(from, () => undefined, { escape: line.escape }).value === from;
  if (isPlain) return from;
  throw syntaxError(
    'variable expansion is not supported for --from',
    'define a stage with FROM and an ARG from before the first FROM, and name that stage',
  );
}

function readArguments(kind: string, { json, rest }: InstructionLine): readonly string[] {
  const args = json ?? splitAtBlanks(rest);
  if (args.length >= 2) return args;
  throw syntaxError(
    `${kind} requires at least two arguments: a source and a destination`,
    `expected ${kind} SOURCE… DESTINATION`,
  );
}

function toSources(kind: string, args: readonly string[], line: InstructionLine) {
  const destination = args.at(-1) ?? '';
  if (parseHeredocWord(destination) !== undefined) {
    throw syntaxError(`${kind} cannot accept a heredoc as a destination`);
  }
  const bodies = new Map(line.heredocs.map((heredoc) => [heredoc.name, heredoc]));
  const sources: string[] = [];
  const heredocs: Heredoc[] = [];
  for (const arg of args.slice(0, -1)) {
    const word = arg.includes('<<') ? parseHeredocWord(arg) : undefined;
    if (word === undefined) sources.push(arg);
    else heredocs.push({ ...word, content: bodies.get(word.name)?.content ?? '' });
  }
  return { sources, heredocs, destination, isJson: line.json !== undefined };
}

interface CommonFlags {
  readonly chown: string | undefined;
  readonly chmod: string | undefined;
  readonly link: boolean | undefined;
  readonly exclude: readonly string[];
}

function toCommon({ chown, chmod, link, exclude }: CommonFlags) {
  return { ...given('chown', chown), ...given('chmod', chmod), link: link ?? false, excludes: exclude };
}

/** An empty value is as good as none. */
function given<K extends string>(name: K, value: string | undefined): { readonly [P in K]?: string } {
  return value === undefined || value === '' ? {} : ({ [name]: value } as { readonly [P in K]?: string });
}
