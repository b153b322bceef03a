import { ContentError, type ErrorCode, isTsbuildError, type TsbuildError } from '@tsbuild/core';
import type { Store } from '@tsbuild/store';

/** Errors of content that is not what a record says. */
const SURE: ReadonlySet<ErrorCode> = new Set(['ERR_TSBUILD_DIGEST_MISMATCH', 'ERR_TSBUILD_SIZE_MISMATCH']);
/** Errors that damage may look like. */
const POSSIBLE: ReadonlySet<ErrorCode> = new Set([
  'ERR_TSBUILD_LAYER',
  'ERR_TSBUILD_UNSAFE_PATH',
  'ERR_TSBUILD_COMPRESSION',
  'ERR_TSBUILD_NOT_FOUND',
  'ERR_TSBUILD_INVALID_MANIFEST',
]);

/**
 * Looks for damage in the store where an error may come of it, and removes it. True when a build that failed with the
 * error may succeed now. Hashing the whole store takes its time, but only a failed build pays for it.
 */
export async function removeDamage(error: unknown, store: Store, signal: AbortSignal | undefined): Promise<boolean> {
  const causes = causesOf(error);
  const isSure = causes.some((cause) => cause instanceof ContentError && SURE.has(cause.code));
  if (!isSure && !causes.some(({ code }) => POSSIBLE.has(code))) return false;
  const { problems } = await store.verify({ repair: true, signal });
  return isSure || problems.some(({ kind }) => kind === 'damaged');
}

/** An error and what caused it. */
function causesOf(error: unknown): TsbuildError[] {
  const causes: TsbuildError[] = [];
  for (let cause = error; isTsbuildError(cause); cause = cause.cause) causes.push(cause);
  return causes;
}
