import { readFile } from 'node:fs/promises';
import { SolveError } from '@tsbuild/core';
import type { SecretSource } from '../options.ts';

/** The bytes of a secret; undefined when its environment variable is not set. @throws {SolveError} ERR_TSBUILD_NOT_FOUND */
export async function readSecret(id: string, source: SecretSource): Promise<Buffer | undefined> {
  if ('value' in source) return Buffer.from(source.value);
  if ('file' in source) {
    return readFile(source.file).catch((cause) => {
      throw new SolveError('ERR_TSBUILD_NOT_FOUND', `secret ${id}: ${source.file} cannot be read`, {
        cause,
        hint: 'name a file that is there and that you may read',
      });
    });
  }
  const value = process.env[source.env];
  return value === undefined ? undefined : Buffer.from(value);
}
