import { didYouMean } from '../did-you-mean.ts';
import { dockerfileError, quote, shorten, syntaxError } from '../errors.ts';

/** How often a flag may be given, and with what. */
export type FlagType = 'string' | 'strings' | 'boolean';

type FlagValue<T extends FlagType> = T extends 'string' ? string : T extends 'boolean' ? boolean : readonly string[];

/** Values of the flags that were given; flags of type `strings` are always there. */
export type Flags<S extends Readonly<Record<string, FlagType>>> = {
  readonly [K in keyof S]: S[K] extends 'strings' ? readonly string[] : FlagValue<S[K]> | undefined;
};

/**
 * Reads `--name=value` words by a table of names.
 * @throws {DockerfileError} for a flag that is unknown, given twice or without a value.
 */
export function parseFlags<S extends Readonly<Record<string, FlagType>>>(words: readonly string[], table: S): Flags<S> {
  const values: Record<string, string | boolean | string[]> = {};
  for (const name in table) if (table[name] === 'strings') values[name] = [];
  for (const word of words) addFlag(values, word, table);
  return values as Flags<S>;
}

function addFlag(values: Record<string, string | boolean | string[]>, word: string, table: Record<string, FlagType>) {
  const equals = word.indexOf('=');
  const name = word.slice(2, equals === -1 ? undefined : equals);
  const value = equals === -1 ? undefined : word.slice(equals + 1);
  const type = Object.hasOwn(table, name) ? table[name] : undefined;
  const known = Object.hasOwn(values, name) ? values[name] : undefined;
  if (type === undefined) throw unknownFlag(name, table);
  if (type === 'boolean' ? value === '' : value === undefined) throw syntaxError(`missing a value on flag: --${name}`);
  if (Array.isArray(known)) known.push(value ?? '');
  else if (known !== undefined) throw syntaxError(`duplicate flag specified: --${name}`);
  else values[name] = type === 'boolean' ? toBoolean(name, value) : (value ?? '');
}

function toBoolean(name: string, value = 'true'): boolean {
  const lower = value.toLowerCase();
  if (lower === 'true' || lower === 'false') return lower === 'true';
  throw syntaxError(`expecting boolean value for flag --${name}, not: ${quote(value)}`);
}

function unknownFlag(name: string, table: Record<string, FlagType>) {
  const names = Object.keys(table);
  const suggestion = didYouMean(name, names)?.replace('did you mean ', 'did you mean --');
  const known =
    names.length === 0 ? 'this instruction has no flags' : `known are ${names.map((n) => `--${n}`).join(' ')}`;
  return dockerfileError('ERR_TSBUILD_UNKNOWN_FLAG', `unknown flag: --${shorten(name)}`, suggestion ?? known);
}
