import { isTsbuildError, TsbuildError } from '@tsbuild/core';

const POINTER = 'tsbuild doctor tells more';

/** The error, where it is a refusal of this machine with the pointer to what tells more of it. */
export function pointToDoctor(error: unknown): unknown {
  if (!isTsbuildError(error) || error.code !== 'ERR_TSBUILD_RUN_UNAVAILABLE') return error;
  const { code, message, hint, cause } = error;
  if (hint?.endsWith(POINTER)) return error;
  return new TsbuildError(code, message, { hint: hint === undefined ? POINTER : `${hint}; ${POINTER}`, cause });
}
