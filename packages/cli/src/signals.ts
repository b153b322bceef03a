import { TsbuildError } from '@tsbuild/core';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A signal that ends the process softly, and the way back to the defaults. */
export interface Interruption {
  readonly signal: AbortSignal;
  release(): void;
}

/** The first SIGINT, SIGTERM or SIGHUP aborts; the second ends the process at once, as if nobody had listened. */
export function abortOnSignals(process: NodeJS.Process): Interruption {
  const controller = new AbortController();
  function release(): void {
    for (const name of SIGNALS) process.removeListener(name, onSignal);
  }
  function onSignal(name: NodeJS.Signals): void {
    if (controller.signal.aborted) {
      release();
      process.kill(process.pid, name);
    }
    controller.abort(new TsbuildError('ERR_TSBUILD_INTERRUPTED', `interrupted by ${name}`));
  }
  for (const name of SIGNALS) process.on(name, onSignal);
  return { signal: controller.signal, release };
}
