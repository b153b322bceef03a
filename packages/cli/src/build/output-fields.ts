import { UsageError } from '@tsbuild/core';
import { didYouMean } from '@tsbuild/dockerfile';
import { annotationKey, OUTPUT_OPTIONS, type OutputOption, type OutputType } from './output-options.ts';

/** The fields of one `--output`, each known to its type. */
export type OutputFields = ReadonlyMap<string, string>;

/** Refuses keys that the type does not have, and values that nobody acts on. @throws {UsageError} */
export function checkFields(type: OutputType, fields: OutputFields): void {
  const options = OUTPUT_OPTIONS.filter(({ types }) => types.includes(type));
  for (const [key, value] of fields) if (key !== 'type') checkField(type, key, value, options);
}

function checkField(type: OutputType, key: string, value: string, options: readonly OutputOption[]): void {
  const known = options.find(({ name }) => name === (annotationKey(key) === undefined ? key : 'annotation.KEY'));
  if (known === undefined) {
    const names = options.filter(({ status }) => status === 'supported').map(({ name }) => name);
    throw new UsageError(`--output type=${type} does not support ${JSON.stringify(key)}`, {
      hint: didYouMean(key, names) ?? (names.length === 0 ? 'it has no options' : `it has ${names.join(', ')}`),
    });
  }
  if (known.status === 'supported' || known.accepted.includes(value)) return;
  throw new UsageError(`--output type=${type} does not support ${key}=${value}`, {
    hint: `leave it out: ${known.help}`,
  });
}

/** @throws {UsageError} for anything but `true` and `false` */
export function readBool(fields: OutputFields, key: string): boolean | undefined {
  const value = fields.get(key);
  if (value === undefined) return undefined;
  if (value === 'true' || value === 'false') return value === 'true';
  throw new UsageError(`invalid value ${JSON.stringify(value)} for ${key} of --output`, {
    hint: 'expected true, false',
  });
}
