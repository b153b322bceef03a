import { type Executor, TsbuildError } from '@tsbuild/core';

/** Stands where the sandbox would be while a recording is replayed. No recorded result is of its tier. */
export const NO_EXECUTOR: Executor = {
  tier: 'replay',
  folders: { pack: refuse, unpack: refuse },
  prepare: () => Promise.resolve(),
  run: refuse,
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

function refuse(): Promise<never> {
  const message = 'no command is executed while a recording is replayed';
  return Promise.reject(new TsbuildError('ERR_TSBUILD_RUN_UNAVAILABLE', message));
}
