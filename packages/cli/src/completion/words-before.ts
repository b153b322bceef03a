import type { Flag } from '../flags/flag.ts';
import type { TokenGrammar } from '../flags/tokens.ts';

/** What the words before the cursor say, however unfinished they are. */
export interface WordsBefore {
  /** The flag whose value is at the cursor. */
  readonly awaiting: Flag | undefined;
  readonly positionals: readonly string[];
  /** Values that were given, by flag, in their order. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  /** A `--` was there. */
  readonly onlyArguments: boolean;
  /** The cursor is in the command line of another program. */
  readonly isForeign: boolean;
}

export function readBefore(
  flags: readonly Flag[],
  words: readonly string[],
  { flagsComeFirst = false }: TokenGrammar,
): WordsBefore {
  const positionals: string[] = [];
  const values = new Map<string, readonly string[]>();
  const give = (name: string, value: string) => values.set(name, [...(values.get(name) ?? []), value]);
  let awaiting: Flag | undefined;
  let onlyArguments = false;
  for (const word of words) {
    if (awaiting !== undefined) {
      give(awaiting.name, word);
      awaiting = undefined;
    } else if (onlyArguments || !/^-./.test(word)) {
      positionals.push(word);
      onlyArguments ||= flagsComeFirst;
    } else if (word === '--') onlyArguments = true;
    else {
      const inline = inlineValue(flags, word);
      if (inline === undefined) awaiting = flagBefore(flags, word);
      else give(...inline);
    }
  }
  return { awaiting, positionals, values, onlyArguments, isForeign: flagsComeFirst && positionals.length > 0 };
}

/** Flag and value of `--file=x`, `-f=x` or `-fx`. */
function inlineValue(flags: readonly Flag[], word: string): [name: string, value: string] | undefined {
  const [, long, short, value = ''] = /^(?:--([^=]+)=|-([^-])=?(?=.))(.*)$/s.exec(word) ?? [];
  const flag = flags.find((candidate) => candidate.name === long || (short !== undefined && candidate.short === short));
  return flag === undefined || (short !== undefined && flag.kind === 'bool') ? undefined : [flag.name, value];
}

/** The flag of `--file`, `-f` or `-qf`, if its value is the next word. */
function flagBefore(flags: readonly Flag[], word: string): Flag | undefined {
  const isBool = (flag: Flag | undefined) => flag?.kind === 'bool';
  if (word.startsWith('--')) return flags.find(({ name, kind }) => `--${name}` === word && kind !== 'bool');
  const group = [...word.slice(1)].map((letter) => flags.find(({ short }) => short === letter));
  const last = group.pop();
  return group.every(isBool) && !isBool(last) ? last : undefined;
}
