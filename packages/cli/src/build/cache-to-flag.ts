import { resolve } from 'node:path';
import { UsageError } from '@tsbuild/core';
import type { CacheToOptions } from '@tsbuild/engine';
import { bareReferences, type CacheFields, readCacheFields } from './cache-fields.ts';
import { oneOf } from './choice.ts';
import { readLevel } from './output-flag.ts';

const FLAG = '--cache-to';

type Shared = Pick<
  Extract<CacheToOptions, { type: 'local' }>,
  'mode' | 'ignoreError' | 'compression' | 'compressionLevel' | 'mounts'
>;

/** `type=TYPE[,KEY=VALUE]…`, or names of images alone. @throws {UsageError} */
export function readCacheTo(text: string, cwd: string): readonly CacheToOptions[] {
  const references = bareReferences(FLAG, text);
  if (references?.length === 1 && references[0] === 'inline') throw bareInline();
  if (references !== undefined) return references.map((ref) => ({ type: 'registry', ref }));
  const fields = readCacheFields(FLAG, text);
  const options = destinationOf(fields, cwd);
  fields.end();
  return [options];
}

function bareInline(): UsageError {
  return new UsageError(`${FLAG} inline names an image`, { hint: 'records in the image itself: type=inline' });
}

function destinationOf(fields: CacheFields, cwd: string): CacheToOptions {
  switch (oneOf(`type of ${FLAG}`, fields.type, ['registry', 'local', 'http', 'inline'])) {
    case 'inline':
      return inline(fields);
    case 'registry':
      return { type: 'registry', ref: fields.need('ref'), ...sharedOf(fields) };
    case 'local': {
      const dest = resolve(cwd, fields.need('dest'));
      const tag = fields.take('tag');
      return { type: 'local', dest, ...(tag === undefined ? {} : { tag }), ...sharedOf(fields) };
    }
    case 'http':
      return { type: 'http', url: fields.need('url'), headers: fields.takeAll('header.'), ...sharedOf(fields) };
  }
}

/** An image carries records of all steps and its own layers, which is what the mode `min` is. */
function inline(fields: CacheFields): CacheToOptions {
  if (oneOf(`mode of ${FLAG} type=inline`, fields.take('mode') ?? 'min', ['min', 'max']) === 'min')
    return { type: 'inline' };
  throw new UsageError(`${FLAG} type=inline does not support mode=max`, { hint: 'type=registry does' });
}

function sharedOf(fields: CacheFields): Shared {
  const mode = fields.take('mode');
  const ignoreError = fields.bool('ignore-error');
  const compression = fields.take('compression');
  const level = fields.take('compression-level');
  const mounts = fields.take('mounts');
  // Layers are always in the form that is asked for, whatever the store has.
  fields.bool('force-compression');
  for (const key of ['oci-mediatypes', 'image-manifest']) {
    if (fields.bool(key) !== false) continue;
    throw new UsageError(`${FLAG} does not support ${key}=false`, {
      hint: 'a cache is an OCI artifact: a manifest, with the records as its config',
    });
  }
  return {
    ...(mode === undefined ? {} : { mode: oneOf(`mode of ${FLAG}`, mode, ['min', 'max']) }),
    ...(ignoreError === undefined ? {} : { ignoreError }),
    ...(compression === undefined
      ? {}
      : { compression: oneOf(`compression of ${FLAG}`, compression, ['gzip', 'zstd', 'uncompressed']) }),
    ...(level === undefined ? {} : { compressionLevel: readLevel(FLAG, level, compression) }),
    ...(mounts === undefined ? {} : { mounts: mounts.split(';').filter((id) => id !== '') }),
  };
}
