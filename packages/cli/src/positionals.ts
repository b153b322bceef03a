import { UsageError } from '@tsbuild/core';

/** @throws {UsageError} when there are arguments */
export function noArguments(command: string, positionals: readonly string[]): void {
  if (positionals.length > 0) throw new UsageError(`tsbuild ${command} takes no arguments, got ${quoted(positionals)}`);
}

/** The one argument of a command. @throws {UsageError} */
export function oneArgument(command: string, name: string, positionals: readonly string[]): string {
  const [first, ...more] = positionals;
  if (first !== undefined && more.length === 0) return first;
  const got = first === undefined ? 'got none' : `got ${positionals.length}: ${quoted(positionals)}`;
  throw new UsageError(`tsbuild ${command} needs exactly one argument, ${name}; ${got}`, {
    hint:
      first === undefined
        ? `to use the working directory: tsbuild ${command} .`
        : 'put an argument with spaces in quotes',
  });
}

function quoted(texts: readonly string[]): string {
  return texts.map((text) => JSON.stringify(text)).join(' ');
}
