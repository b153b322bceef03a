import { UsageError } from '@tsbuild/core';

export type Environment = Readonly<Record<string, string | undefined>>;

/** `--build-arg`: KEY=VALUE, or KEY alone for the variable of the environment; one that is not set there is left out. */
export function readBuildArgs(values: readonly string[], env: Environment): Record<string, string> {
  const pairs = values.map((text) => splitPair('--build-arg', text));
  const known = pairs.flatMap(([key, value = env[key]]) => (value === undefined ? [] : [[key, value] as const]));
  return Object.fromEntries(known);
}

/** `--label`: KEY=VALUE, or KEY alone for an empty value. */
export function readLabels(values: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    values.map((text) => {
      const [key, value = ''] = splitPair('--label', text);
      return [key, value];
    }),
  );
}

/** `--annotation`: [LEVEL:]KEY=VALUE; which levels there are, the engine says. @throws {UsageError} */
export function readAnnotations(values: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    values.map((text) => {
      const [key, value] = splitPair('--annotation', text);
      if (value === undefined) throw new UsageError(`--annotation needs KEY=VALUE: ${JSON.stringify(text)}`);
      return [key, value];
    }),
  );
}

/** Splits at the first `=`. @throws {UsageError} when no key stands before it */
export function splitPair(flag: string, text: string): readonly [string, string | undefined] {
  const at = text.indexOf('=');
  const key = at === -1 ? text : text.slice(0, at);
  if (key === '') {
    throw new UsageError(`${flag} needs a name: ${JSON.stringify(text)}`, { hint: `expected ${flag} NAME=VALUE` });
  }
  return [key, at === -1 ? undefined : text.slice(at + 1)];
}
