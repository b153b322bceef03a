import { resolve } from 'node:path';
import { UsageError } from '@tsbuild/core';
import type { BuildOptions } from '@tsbuild/engine';
import type { Environment } from './key-values.ts';

/** Where buildx looks for a policy. */
const VARIABLE = 'EXPERIMENTAL_BUILDKIT_SOURCE_POLICY';

/** `--policy FILE`, repeatable, after the file that the environment names. @throws {UsageError} */
export function readPolicy(values: readonly string[], cwd: string, env: Environment): Pick<BuildOptions, 'policy'> {
  const files = [env[VARIABLE] ?? '', ...values].filter((file) => file !== '');
  const foreign = files.find((file) => file.includes('=') || file.endsWith('.rego'));
  if (foreign !== undefined) {
    throw new UsageError(`--policy ${foreign} is not supported: policies in Rego are not evaluated`, {
      hint: "name a file of BuildKit's source policy, in JSON",
    });
  }
  return files.length === 0 ? {} : { policy: { files: files.map((file) => resolve(cwd, file)) } };
}
