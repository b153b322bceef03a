import { resolve } from 'node:path';
import { UsageError } from '@tsbuild/core';
import type { BuildOptions } from '@tsbuild/engine';
import { readCsvPairs } from '../flags/csv.ts';
import { oneOf } from './choice.ts';
import type { Environment } from './key-values.ts';

const KEYS = ['key', 'attach'];
const VARIABLE = 'env://';

/**
 * `--sign key=FILE|env://VARIABLE[,attach=tag|referrer]`; the password comes from the environment, as with cosign.
 * @throws {UsageError}
 */
export function readSign(text: string | undefined, cwd: string, env: Environment): Pick<BuildOptions, 'sign'> {
  if (text === undefined || text === '') return {};
  const fields = readCsvPairs('--sign', text);
  const unknown = [...fields.keys()].find((name) => !KEYS.includes(name));
  if (unknown !== undefined)
    throw new UsageError(`--sign does not support ${JSON.stringify(unknown)}`, { hint: `it has ${KEYS.join(', ')}` });
  const key = fields.get('key');
  const attach = fields.get('attach');
  const password = env.COSIGN_PASSWORD;
  if (!key) throw new UsageError(`--sign ${text} has no key`, { hint: 'expected key=FILE or key=env://VARIABLE' });
  return {
    sign: {
      key: key.startsWith(VARIABLE) ? { env: key.slice(VARIABLE.length) } : { file: resolve(cwd, key) },
      ...(password === undefined ? {} : { password }),
      ...(attach === undefined ? {} : { attach: oneOf('attach of --sign', attach, ['tag', 'referrer']) }),
    },
  };
}
