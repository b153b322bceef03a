import { type Reference, UsageError } from '@tsbuild/core';
import type { RegistryClientOptions } from './options.ts';
import type { RemoteRepository } from './remote-repository.ts';

/** Owns the connections to registries; disposing it closes them. */
export interface RegistryClient extends AsyncDisposable {
  /** Opens no connection. */
  repository(reference: Reference): RemoteRepository;
}

/** Speaks the distribution protocol. Nothing is loaded or connected before the first request. */
export function createRegistryClient(options: RegistryClientOptions = {}): RegistryClient {
  return {
    repository() {
      throw new UsageError(`no client yet: ${options.userAgent ?? ''}`);
    },
    async [Symbol.asyncDispose]() {},
  };
}
