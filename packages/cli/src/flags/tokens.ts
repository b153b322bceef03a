import { UsageError } from '@tsbuild/core';
import { didYouMean } from '@tsbuild/dockerfile';
import { dashed, type Flag } from './flag.ts';

export interface TokenGrammar {
  /** Nothing after the first argument is a flag. @default false */
  readonly flagsComeFirst?: boolean;
}

export interface Tokens {
  /** Every flag given, with its value, in the order of the command line. A bool's value is `true` or `false`. */
  readonly given: readonly { readonly flag: Flag; readonly value: string }[];
  readonly positionals: readonly string[];
}

/**
 * Reads a command line as Docker does, with the grammar of Go's pflag: flags and arguments mixed, `--flag value`,
 * `--flag=value`, `-f value`, `-fvalue`, `-f=value`, `-qf value`, `--bool=false`, and `--` before arguments alone.
 * @throws {UsageError}
 */
export function readTokens(
  flags: readonly Flag[],
  args: readonly string[],
  { flagsComeFirst = false }: TokenGrammar = {},
): Tokens {
  const given: { flag: Flag; value: string }[] = [];
  const positionals: string[] = [];
  const rest = [...args].reverse();

  function take(flag: Flag, typed: string, inline: string | undefined): void {
    const value = inline ?? (flag.kind === 'bool' ? 'true' : rest.pop());
    if (value === undefined) throw new UsageError(`flag ${typed} needs a value`);
    given.push({ flag, value: flag.kind === 'bool' ? readBool(typed, value) : value });
  }

  function takeShort(group: string): void {
    for (let at = 0; at < group.length; at += 1) {
      const letter = group.charAt(at);
      const flag = flags.find(({ short }) => short === letter);
      if (flag === undefined) throw unknownShort(letter, group);
      const after = group.slice(at + 1);
      const inline = after.startsWith('=') ? after.slice(1) : undefined;
      if (flag.kind === 'bool' && inline === undefined) {
        take(flag, `-${letter}`, undefined);
        continue;
      }
      take(flag, `-${letter}`, inline ?? (after === '' ? undefined : after));
      return;
    }
  }

  for (let arg = rest.pop(); arg !== undefined; arg = rest.pop()) {
    if (arg === '--') positionals.push(...rest.splice(0).reverse());
    else if (arg.startsWith('--')) {
      const [name, inline] = splitAtEquals(arg.slice(2));
      const flag = flags.find((candidate) => candidate.name === name);
      if (flag === undefined) throw unknownLong(name, flags);
      take(flag, dashed(flag), inline);
    } else if (arg.startsWith('-') && arg !== '-') takeShort(arg.slice(1));
    else positionals.push(arg, ...(flagsComeFirst ? rest.splice(0).reverse() : []));
  }
  return { given, positionals };
}

function splitAtEquals(text: string): [string, string | undefined] {
  const at = text.indexOf('=');
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

const TRUE = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);
const FALSE = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False']);

function readBool(typed: string, value: string): string {
  if (TRUE.has(value)) return 'true';
  if (FALSE.has(value)) return 'false';
  throw new UsageError(`invalid value ${JSON.stringify(value)} for ${typed}: expected true or false`);
}

function unknownLong(name: string, flags: readonly Flag[]): UsageError {
  return new UsageError(`unknown flag: --${name}`, { hint: didYouMean(`--${name}`, flags.map(dashed)) });
}

/** A single dash before a long name is the usual slip: `-target`. */
function unknownShort(letter: string, group: string): UsageError {
  const hint = group.length > 1 ? `long flags take two dashes: --${group}` : undefined;
  return new UsageError(`unknown shorthand flag: -${letter}${group.length > 1 ? ` in -${group}` : ''}`, { hint });
}
