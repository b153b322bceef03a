import { SolveError } from '@tsbuild/core';

/** A step requires what nobody gave. */
export function notGiven(what: string, id: string, flag: string): SolveError {
  return new SolveError(
    'ERR_TSBUILD_NOT_FOUND',
    `${what} ${JSON.stringify(id)} is required but was not given: not found`,
    { hint: `pass ${flag}` },
  );
}
