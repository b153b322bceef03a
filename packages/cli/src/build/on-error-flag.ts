import { UsageError } from '@tsbuild/core';
import type { Surroundings } from '../command.ts';
import { oneOf } from './choice.ts';

/** Whether `--on-error=shell` is given. @throws {UsageError} when there is no terminal for the shell */
export function readOnError(value: string | undefined, surroundings: Pick<Surroundings, 'stdin' | 'stdout'>): boolean {
  if (value === undefined) return false;
  oneOf('--on-error', value, ['shell']);
  if (surroundings.stdin.isTTY === true && surroundings.stdout.isTTY === true) return true;
  throw new UsageError('--on-error=shell needs a terminal, as standard input and as standard output', {
    hint: 'start tsbuild in a terminal, or debug with the API: build({ onError })',
  });
}
