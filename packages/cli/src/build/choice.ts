import { UsageError } from '@tsbuild/core';
import { didYouMean } from '@tsbuild/dockerfile';

/** The value of a flag that has few. @throws {UsageError} */
export function oneOf<Choice extends string>(flag: string, value: string, choices: readonly Choice[]): Choice {
  const found = choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  throw new UsageError(`invalid value ${JSON.stringify(value)} for ${flag}`, {
    hint: didYouMean(value, choices) ?? `expected ${choices.join(', ')}`,
  });
}
