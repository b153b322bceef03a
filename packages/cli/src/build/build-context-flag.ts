import { resolve } from 'node:path';
import { UsageError } from '@tsbuild/core';
import type { BuildContext } from '@tsbuild/engine';
import { splitPair } from './key-values.ts';

const IMAGE = 'docker-image://';
const REMOTE = /^(?:[a-z][a-z0-9+-]*:\/\/|git@|target:)/;

/** `--build-context NAME=PATH` or `NAME=docker-image://IMAGE`. @throws {UsageError} */
export function readBuildContexts(values: readonly string[], cwd: string): Record<string, BuildContext> {
  return Object.fromEntries(
    values.map((text) => {
      const [name, place] = splitPair('--build-context', text);
      if (place === undefined || place === '') {
        throw new UsageError(`malformed value of --build-context: ${text}`, { hint: 'expected NAME=PATH' });
      }
      if (place.startsWith(IMAGE)) return [name, place];
      if (REMOTE.test(place)) {
        throw new UsageError(`--build-context ${text} is not supported: only folders and images are`, {
          hint: 'expected NAME=PATH or NAME=docker-image://IMAGE',
        });
      }
      return [name, resolve(cwd, place)];
    }),
  );
}
