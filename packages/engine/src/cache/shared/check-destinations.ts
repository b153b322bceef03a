import { parseReference } from '@tsbuild/core';
import { createHttpClient } from './http-client.ts';
import { unsupportedCache } from './open-sources.ts';
import type { CacheToOptions } from './shared-options.ts';

/** Says before anything is built what could not be written in the end. @throws {TsbuildError} */
export function checkDestinations(destinations: readonly CacheToOptions[]): void {
  for (const destination of destinations) {
    switch (destination.type) {
      case 'registry':
        parseReference(destination.ref);
        break;
      case 'http':
        createHttpClient(destination);
        break;
      case 'local':
      case 'inline':
        break;
      default:
        throw unsupportedCache('cacheTo', destination satisfies never);
    }
  }
}
