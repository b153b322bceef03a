import { TsbuildError } from '@tsbuild/core';

/** The refusal of an id that the sandbox does not have. */
export function noSuchUser(message: string, options: { readonly cause?: unknown } = {}): TsbuildError {
  return new TsbuildError('ERR_TSBUILD_RUN_UNAVAILABLE', message, {
    ...options,
    hint: 'give yourself subordinate ids: sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 $USER',
  });
}
