import { TsbuildError } from '@tsbuild/core';
import { dashed, type Flag } from './flag.ts';
import { readTokens, type TokenGrammar } from './tokens.ts';

/** The values of the supported flags of one command line. */
export interface FlagValues<Name extends string> {
  isSet(name: Name): boolean;
  /** The last value given. */
  text(name: Name): string | undefined;
  /** All values, in order. */
  list(name: Name): readonly string[];
  /** True when the flag was given and not set to false. */
  bool(name: Name): boolean;
}

export interface ParsedFlags<Name extends string> {
  readonly values: FlagValues<Name>;
  readonly positionals: readonly string[];
}

/**
 * Reads the flags and arguments of a command.
 * @throws {UsageError} for what is no flag of it
 * @throws {TsbuildError} ERR_TSBUILD_UNSUPPORTED_FLAG for a flag of Docker's that tsbuild refuses
 */
export function parseFlags<Name extends string>(
  flags: readonly (Flag & { readonly name: Name })[],
  args: readonly string[],
  grammar: TokenGrammar = {},
): ParsedFlags<Name> {
  const { given, positionals } = readTokens(flags, args, grammar);
  const values = new Map<string, string[]>();
  for (const { flag, value } of given) {
    refuse(flag, value);
    values.set(flag.name, [...(values.get(flag.name) ?? []), value]);
  }
  const list = (name: Name) => values.get(name) ?? [];
  const text = (name: Name) => list(name).at(-1);
  return {
    values: { isSet: (name) => values.has(name), text, list, bool: (name) => text(name) === 'true' },
    positionals,
  };
}

function refuse(flag: Flag, value: string): void {
  if (flag.status !== 'refused' || flag.harmless?.includes(value)) return;
  throw new TsbuildError('ERR_TSBUILD_UNSUPPORTED_FLAG', `${dashed(flag)} is not supported: ${flag.reason}`, {
    hint: flag.mend,
  });
}
