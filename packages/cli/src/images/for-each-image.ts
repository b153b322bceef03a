import { isTsbuildError } from '@tsbuild/core';
import type { CommandResult, Surroundings } from '../command.ts';
import { print } from '../print.ts';

/**
 * Does something with each of several images, as Docker does: what succeeds is printed, and the first failure counts in
 * the end. With `isForced` an image that is not there is no failure, but is told of.
 * @throws {TsbuildError} the last failure; those before it are printed
 */
export async function forEachImage(
  names: readonly string[],
  { stdout, stderr }: Surroundings,
  { isForced = false }: { readonly isForced?: boolean },
  work: (name: string) => Promise<string>,
): Promise<CommandResult> {
  const failures: unknown[] = [];
  for (const name of names) {
    try {
      await print(stdout, await work(name));
    } catch (error) {
      if (!isTsbuildError(error) || error.code === 'ERR_TSBUILD_INTERRUPTED') throw error;
      if (isForced && error.code === 'ERR_TSBUILD_IMAGE_NOT_FOUND') await print(stderr, `error: ${error.message}\n`);
      else failures.push(error);
    }
  }
  const last = failures.pop();
  for (const failure of failures) if (isTsbuildError(failure)) await print(stderr, `error: ${failure.message}\n`);
  if (last !== undefined) throw last;
  return { exitCode: 0 };
}
