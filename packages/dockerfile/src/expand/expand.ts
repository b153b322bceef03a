import { type SourceRange, type SourceText, withSource } from '@tsbuild/core';
import type { EscapeChar } from '../ast.ts';
import type { Word } from '../instructions.ts';
import { lex } from './lexer.ts';

/** Variables by name: a map or the like, or a function that gives undefined for what is not set. */
export type Environment = Pick<ReadonlyMap<string, string>, 'get'> | ((name: string) => string | undefined);

/** How a word is read, and the place that its errors name. */
export interface ExpandOptions {
  /** The escape character of the Dockerfile, `directives.escape`. @default '\\' */
  readonly escape?: EscapeChar;
  /** The place that an error names. */
  readonly range?: SourceRange;
  readonly source?: SourceText;
}

/** The value of a word and the variables that decided it. */
export interface Expansion {
  readonly value: string;
  /** Names that were looked up and set. */
  readonly used: ReadonlySet<string>;
  /** Names that were looked up and not set. */
  readonly unset: ReadonlySet<string>;
}

export function lookupIn(env: Environment): (name: string) => string | undefined {
  return typeof env === 'function' ? env : (name) => env.get(name);
}

/**
 * Removes quotes and escapes and puts in the variables, with all operators that BuildKit knows: `:-` `-` `:+` `+` `:?`
 * `?` `#` `##` `%` `%%` `/` `//`. White space stays: the value is one word. An unset variable is empty.
 * @throws {DockerfileError} ERR_TSBUILD_EXPANSION when the word is malformed, when `${name:?message}` demands a
 * variable, or when hostile input would expand without bounds (16 MiB a word, 100 levels).
 */
export function expandWord(word: Word, env: Environment, options?: ExpandOptions): string {
  return expandWordDetails(word, env, options).value;
}

/** {@link expandWord}, and which variables it looked at. */
export function expandWordDetails(word: Word, env: Environment, options: ExpandOptions = {}): Expansion {
  return atPlace(options, () => lex(word, lookupIn(env), { escape: options.escape ?? '\\' }));
}

/**
 * Expands, then splits at white space outside of quotes, also at what variables brought in. Empty words vanish.
 * @throws {DockerfileError} as {@link expandWord}
 */
export function expandWords(word: Word, env: Environment, options: ExpandOptions = {}): string[] {
  const { words } = atPlace(options, () => lex(word, lookupIn(env), { escape: options.escape ?? '\\', split: true }));
  return [...words];
}

/** Runs `read` and says where it failed. */
export function atPlace<T>({ range, source }: ExpandOptions, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw withSource(error, range, source);
  }
}
