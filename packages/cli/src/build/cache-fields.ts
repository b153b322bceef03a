import { UsageError } from '@tsbuild/core';
import { readCsvPairs, splitCsv } from '../flags/csv.ts';
import { oneOf } from './choice.ts';

/** The fields of one `--cache-from` or `--cache-to`, taken out one by one; what is left in the end nobody knows. */
export interface CacheFields {
  readonly type: string;
  take(key: string): string | undefined;
  /** @throws {UsageError} when there is none */
  need(key: string): string;
  bool(key: string): boolean | undefined;
  /** Values of all keys that begin with `prefix`, by the rest of the key. */
  takeAll(prefix: string): Readonly<Record<string, string>>;
  /** @throws {UsageError} when a field is left */
  end(): void;
}

/** Names of images without a type, `app:cache,other:cache`; undefined when the value is made of fields. */
export function bareReferences(flag: string, text: string): readonly string[] | undefined {
  const fields = splitCsv(flag, text);
  return fields.some((field) => field.includes('=')) ? undefined : fields;
}

const ELSEWHERE = new Map([
  ['gha', "GitHub's own cache service"],
  ['s3', 'an S3 bucket'],
  ['azblob', 'Azure blob storage'],
]);

/** @throws {UsageError} */
export function readCacheFields(flag: string, text: string): CacheFields {
  const fields = new Map(readCsvPairs(flag, text));
  const type = fields.get('type');
  fields.delete('type');
  if (type === undefined)
    throw new UsageError(`${flag} ${text} has no type`, { hint: 'expected type=registry|local|http' });
  const place = ELSEWHERE.get(type);
  if (place !== undefined) {
    throw new UsageError(`${flag} type=${type} is not supported: ${place} cannot hold a cache`, {
      hint: 'type=registry works with every registry, type=local with whatever keeps a folder',
    });
  }
  const take = (key: string) => {
    const value = fields.get(key);
    fields.delete(key);
    return value;
  };
  return {
    type,
    take,
    need(key) {
      const value = take(key);
      if (value !== undefined && value !== '') return value;
      throw new UsageError(`${flag} type=${type} needs ${key}=…`);
    },
    bool(key) {
      const value = take(key);
      return value === undefined ? undefined : oneOf(`${key} of ${flag}`, value, ['true', 'false']) === 'true';
    },
    takeAll(prefix) {
      const keys = [...fields.keys()].filter((key) => key.startsWith(prefix));
      return Object.fromEntries(keys.map((key) => [key.slice(prefix.length), take(key) ?? '']));
    },
    end() {
      const [unknown] = fields.keys();
      if (unknown !== undefined)
        throw new UsageError(`${flag} type=${type} does not support ${JSON.stringify(unknown)}`);
    },
  };
}
