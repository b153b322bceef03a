import { TsbuildError } from '@tsbuild/core';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** Those that mean nothing to us, but may to a command. Node keeps SIGUSR1 for itself. */
const OTHER_SIGNALS = ['SIGQUIT', 'SIGUSR2', 'SIGCONT'] as const;

/** A signal that ends the process softly, and the way back to the defaults. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** Hands signals to `handler` until disposed; then they abort again. */
  divert(handler: (name: NodeJS.Signals) => void): Disposable;
  release(): void;
}

/** The first SIGINT, SIGTERM or SIGHUP aborts; the second ends the process at once, as if nobody had listened. */
export function abortOnSignals(process: NodeJS.Process): Interruption {
  const controller = new AbortController();
  let diverted: ((name: NodeJS.Signals) => void) | undefined;
  function release(): void {
    for (const name of SIGNALS) process.removeListener(name, onSignal);
  }
  function divert(handler: (name: NodeJS.Signals) => void): Disposable {
    diverted = handler;
    for (const name of OTHER_SIGNALS) process.on(name, handler);
    return {
      [Symbol.dispose]() {
        diverted = undefined;
        for (const name of OTHER_SIGNALS) process.off(name, handler);
      },
    };
  }
  function onSignal(name: NodeJS.Signals): void {
    if (diverted !== undefined) {
      diverted(name);
      return;
    }
    if (controller.signal.aborted) {
      release();
      process.kill(process.pid, name);
    }
    controller.abort(new TsbuildError('ERR_TSBUILD_INTERRUPTED', `interrupted by ${name}`));
  }
  for (const name of SIGNALS) process.on(name, onSignal);
  return { signal: controller.signal, divert, release };
}
