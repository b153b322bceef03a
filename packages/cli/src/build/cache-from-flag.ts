import { resolve } from 'node:path';
import type { CacheFromOptions } from '@tsbuild/engine';
import { readDuration } from '../upkeep/amounts.ts';
import { bareReferences, type CacheFields, readCacheFields } from './cache-fields.ts';
import { oneOf } from './choice.ts';

const FLAG = '--cache-from';

/** `type=TYPE[,KEY=VALUE]…`, or names of images alone. @throws {UsageError} */
export function readCacheFrom(text: string, cwd: string): readonly CacheFromOptions[] {
  const references = bareReferences(FLAG, text);
  if (references !== undefined) return references.map((ref) => ({ type: 'registry', ref }));
  const fields = readCacheFields(FLAG, text);
  const trust = fields.take('trust');
  const timeout = fields.take('timeout');
  const options = {
    ...placeOf(fields, cwd),
    ...(trust === undefined ? {} : { trust: oneOf(`trust of ${FLAG}`, trust, ['build', 'store']) }),
    ...(timeout === undefined ? {} : { timeoutMs: readDuration('cache-from timeout', timeout) }),
  };
  fields.end();
  return [options];
}

function placeOf(fields: CacheFields, cwd: string): CacheFromOptions {
  switch (oneOf(`type of ${FLAG}`, fields.type, ['registry', 'local', 'http'])) {
    case 'registry':
      return { type: 'registry', ref: fields.need('ref') };
    case 'local': {
      const src = resolve(cwd, fields.need('src'));
      const tag = fields.take('tag');
      const digest = fields.take('digest');
      return {
        type: 'local',
        src,
        ...(tag === undefined ? {} : { tag }),
        ...(digest === undefined ? {} : { digest }),
      };
    }
    case 'http':
      return { type: 'http', url: fields.need('url'), headers: fields.takeAll('header.') };
  }
}
