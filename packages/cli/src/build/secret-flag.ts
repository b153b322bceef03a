import { UsageError } from '@tsbuild/core';
import type { SecretSource } from '@tsbuild/engine';
import { readCsvPairs } from '../flags/csv.ts';
import type { Environment } from './key-values.ts';

const KEYS = new Set(['id', 'type', 'src', 'source', 'env']);

/**
 * `--secret id=ID[,src=FILE|,env=VAR]`. Without a source it is the environment variable of that name, else the file.
 * @throws {UsageError}
 */
export function readSecrets(values: readonly string[], env: Environment): Record<string, SecretSource> {
  return Object.fromEntries(values.map((text) => readSecret(text, env)));
}

function readSecret(text: string, env: Environment): [string, SecretSource] {
  const fields = readCsvPairs('--secret', text);
  const unknown = [...fields.keys()].find((key) => !KEYS.has(key));
  if (unknown !== undefined) {
    throw new UsageError(`unknown key ${JSON.stringify(unknown)} in --secret ${text}`, {
      hint: 'the keys are id, src, env and type',
    });
  }
  const type = fields.get('type') ?? '';
  if (!['', 'file', 'env'].includes(type)) {
    throw new UsageError(`unknown type ${JSON.stringify(type)} in --secret ${text}`, { hint: 'expected file or env' });
  }
  const file = fields.get('src') ?? fields.get('source');
  const variable = fields.get('env');
  const id = fields.get('id') ?? '';
  if (id === '') throw new UsageError(`--secret ${text} has no id`, { hint: 'expected id=ID[,src=FILE|,env=VAR]' });
  if (variable !== undefined && file !== undefined) throw new UsageError(`--secret ${text} has both src and env`);
  if (variable !== undefined) return [id, { env: variable }];
  if (type === 'env') return [id, { env: file ?? id }];
  const isVariable = type === '' && file === undefined && env[id] !== undefined;
  return [id, isVariable ? { env: id } : { file: file ?? id }];
}
