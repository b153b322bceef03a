import type { BuildOptions } from '../options.ts';
import { createOwner } from '../owner.ts';
import type { SolveContext } from '../solve/solve-context.ts';
import { createFailedStep, type FailedStepParts } from './failed-step.ts';

/** Shows the root of a failed step to whoever wants to look at it, and returns when that is done. */
export type DebugFailure = (parts: FailedStepParts, context: Pick<SolveContext, 'store' | 'layers'>) => Promise<void>;

/**
 * Hands the first failed step of a build to `onError`. Everything else that runs is ended before, by `cancel`, so that
 * nothing goes on behind the back of who looks; `signal` ends the wait.
 */
export function createDebugFailure(
  onError: NonNullable<BuildOptions['onError']>,
  cancel: AbortController,
  signal: AbortSignal | undefined,
): DebugFailure {
  return async (parts, resources) => {
    if (cancel.signal.aborted) return;
    cancel.abort(parts.error);
    await using owner = createOwner();
    await unlessAborted(onError(createFailedStep(parts, { ...resources, owner })), signal);
  };
}

async function unlessAborted(work: Promise<void> | void, signal: AbortSignal | undefined): Promise<void> {
  let stop: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal?.reason);
    if (signal?.aborted === true) stop();
    signal?.addEventListener('abort', stop);
  });
  try {
    await Promise.race([work, aborted]);
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
