import { TsbuildError } from '@tsbuild/core';

/** A file of the context may change while it is packed; then the step is keyed again, this often. */
const MAX_ATTEMPTS = 3;

/** Solves a step that reads files which somebody may be changing. `isFresh` looks at the build context anew. */
export async function keyedAgain<T>(solve: (isFresh: boolean) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await solve(attempt > 1);
    } catch (error) {
      if (!isContextChange(error) || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}

function isContextChange(error: unknown): boolean {
  return error instanceof TsbuildError && error.code === 'ERR_TSBUILD_CONTEXT_CHANGED';
}
